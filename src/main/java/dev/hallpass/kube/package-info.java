/** Small things about Kubernetes objects that several packages need: conditions, events, pods. */
@NullMarked
package dev.hallpass.kube;

import org.jspecify.annotations.NullMarked;
