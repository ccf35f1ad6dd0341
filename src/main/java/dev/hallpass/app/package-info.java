/** Wiring: CDI, configuration, health, leader election. */
@NullMarked
package dev.hallpass.app;

import org.jspecify.annotations.NullMarked;
