/** Says on each request whether it could be answered, and how it is used. */
@NullMarked
package dev.hallpass.reconcile.request;

import org.jspecify.annotations.NullMarked;
