/** Certificates. The only user of Bouncy Castle. */
@NullMarked
package dev.hallpass.pki;

import org.jspecify.annotations.NullMarked;
