/** Watches over break-glasses: open, ended, reviewed. */
@NullMarked
package dev.hallpass.reconcile.breakglass;

import org.jspecify.annotations.NullMarked;
