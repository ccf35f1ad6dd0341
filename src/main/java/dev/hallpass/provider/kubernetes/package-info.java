/** Tokens of service accounts of the cluster that Hallpass runs in. */
@NullMarked
package dev.hallpass.provider.kubernetes;

import org.jspecify.annotations.NullMarked;
