/** CEL as policies write it: types, functions, compiled expressions. Knows no policy. */
@NullMarked
package dev.hallpass.policy.cel;

import org.jspecify.annotations.NullMarked;
