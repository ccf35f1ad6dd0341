/** Keeps the certificates of the broker, and tells the API server what to trust. */
@NullMarked
package dev.hallpass.reconcile.certificates;

import org.jspecify.annotations.NullMarked;
