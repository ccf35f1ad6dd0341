/** The life of a lease: the write-ahead protocol, its names, and when it must end. */
@NullMarked
package dev.hallpass.lease;

import org.jspecify.annotations.NullMarked;
