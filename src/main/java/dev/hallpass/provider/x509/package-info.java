/** Certificates for workloads, signed by a CA in a Secret. */
@NullMarked
package dev.hallpass.provider.x509;

import org.jspecify.annotations.NullMarked;
