/**
 * What the reconcilers read besides their own kind: one watch and one cache per kind for all of
 * them.
 */
@NullMarked
package dev.hallpass.reconcile.view;

import org.jspecify.annotations.NullMarked;
