package dev.hallpass.reconcile.notification;

import dev.hallpass.notification.Notice;
import io.fabric8.kubernetes.api.model.HasMetadata;

/**
 * A notice that an object's state calls for, whether or not it was told already.
 *
 * @param object the object, as last seen
 * @param notice what is to be told of it
 */
record Due(HasMetadata object, Notice notice) {}
