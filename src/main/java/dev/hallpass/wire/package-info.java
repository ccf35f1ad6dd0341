/**
 * Records exchanged between agent and broker, and the reason codes both speak. Needs the JDK alone.
 */
@NullMarked
package dev.hallpass.wire;

import org.jspecify.annotations.NullMarked;
