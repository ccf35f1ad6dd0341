/** What a pod finds in its files: a credential in the formats that programs read. Pure. */
@NullMarked
package dev.hallpass.delivery;

import org.jspecify.annotations.NullMarked;
