/** Pure decisions: input to sealed outcome. No Kubernetes client, no I/O. */
@NullMarked
package dev.hallpass.policy;

import org.jspecify.annotations.NullMarked;
