/** The SPI: what Hallpass asks of a target. */
@NullMarked
package dev.hallpass.provider;

import org.jspecify.annotations.NullMarked;
