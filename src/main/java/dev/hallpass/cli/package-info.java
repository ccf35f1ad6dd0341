/** kubectl-hallpass, the plugin with which people look at Hallpass and act on it. */
@NullMarked
package dev.hallpass.cli;

import org.jspecify.annotations.NullMarked;
