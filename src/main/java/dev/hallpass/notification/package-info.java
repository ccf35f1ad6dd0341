/** Tells a receiver outside of the cluster what people should hear of: signed CloudEvents. */
@NullMarked
package dev.hallpass.notification;

import org.jspecify.annotations.NullMarked;
