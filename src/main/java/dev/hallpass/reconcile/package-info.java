/** Reconcilers, a package per kind. */
@NullMarked
package dev.hallpass.reconcile;

import org.jspecify.annotations.NullMarked;
