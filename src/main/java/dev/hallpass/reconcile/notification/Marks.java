package dev.hallpass.reconcile.notification;

import io.fabric8.kubernetes.api.model.HasMetadata;

/** Remembers what was told of an object, beyond the life of a process. */
interface Marks {

  /** Whether the notice of this id was told of the object. */
  boolean has(HasMetadata object, String id);

  /** Notes that it was. May be repeated; an object that is gone needs no note. */
  void set(HasMetadata object, String id);
}
