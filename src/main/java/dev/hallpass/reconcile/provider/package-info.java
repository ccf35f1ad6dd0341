/** Probes targets, says how they are, and sweeps them for accounts that no lease names. */
@NullMarked
package dev.hallpass.reconcile.provider;

import org.jspecify.annotations.NullMarked;
