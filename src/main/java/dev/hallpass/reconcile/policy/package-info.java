/** Keeps the status of policies. */
@NullMarked
package dev.hallpass.reconcile.policy;

import org.jspecify.annotations.NullMarked;
