/** The issuing API: HTTP, and the proof of who calls. */
@NullMarked
package dev.hallpass.broker;

import org.jspecify.annotations.NullMarked;
