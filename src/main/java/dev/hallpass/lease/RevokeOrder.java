package dev.hallpass.lease;

import dev.hallpass.api.v1alpha1.HallpassApi;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;

/** What the annotation {@code hallpass.dev/revoke} of an object asks for. */
public sealed interface RevokeOrder {

  /** Whether a lease that was created at this moment must end. */
  boolean covers(Instant created);

  /** Nothing. */
  record None() implements RevokeOrder {
    @Override
    public boolean covers(Instant created) {
      return false;
    }
  }

  /**
   * The end of what was issued.
   *
   * @param until the last moment that it covers
   */
  record Until(Instant until) implements RevokeOrder {
    @Override
    public boolean covers(Instant created) {
      return !created.isAfter(until);
    }
  }

  /** The end of everything, for as long as it stands. */
  record All() implements RevokeOrder {
    @Override
    public boolean covers(Instant created) {
      return true;
    }
  }

  /** The order that an object carries; what is no time (RFC 3339) covers everything. */
  static RevokeOrder of(HasMetadata carrier) {
    var annotations = carrier.getMetadata().getAnnotations();
    var value = annotations == null ? null : annotations.get(HallpassApi.REVOKE_ANNOTATION);
    if (value == null) {
      return new None();
    }
    try {
      return new Until(OffsetDateTime.parse(value).toInstant());
    } catch (DateTimeParseException e) {
      return new All();
    }
  }
}
