/** The mutating webhook: decide, patch, answer. */
@NullMarked
package dev.hallpass.admission;

import org.jspecify.annotations.NullMarked;
