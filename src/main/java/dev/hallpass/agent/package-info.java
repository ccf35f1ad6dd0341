/** The agent that runs in the pod. Sees the wire package and the JDK, nothing else. */
@NullMarked
package dev.hallpass.agent;

import org.jspecify.annotations.NullMarked;
