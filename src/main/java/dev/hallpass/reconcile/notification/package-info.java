/** Tells a receiver outside of the cluster what the controller sees. */
@NullMarked
package dev.hallpass.reconcile.notification;

import org.jspecify.annotations.NullMarked;
