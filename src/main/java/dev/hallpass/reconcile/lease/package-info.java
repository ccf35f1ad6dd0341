/** Ends leases: watches what they depend on, and drives their revocation. */
@NullMarked
package dev.hallpass.reconcile.lease;

import org.jspecify.annotations.NullMarked;
