package dev.hallpass.lease;

import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.api.v1alpha1.CredentialProviderSpec.AccessLevel;
import dev.hallpass.api.v1alpha1.EndedBy;
import dev.hallpass.audit.AuditEvent;
import dev.hallpass.policy.IssueDecision.Allow;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What is to be done with a lease. */
public sealed interface Verdict {

  /**
   * It stands.
   *
   * @param recheckAt when time alone could change that
   */
  record Keep(Instant recheckAt) implements Verdict {}

  /**
   * It stands, and is to stand longer: its pod lives, and does not renew it itself.
   *
   * @param level at this level
   * @param until when it ends then
   */
  record Extend(AccessLevel level, Instant until) implements Verdict {

    /** The same, no longer than these limits allow from now on. */
    public Extend within(CredentialLease lease, Instant now, Allow limits) {
      var begun = Moments.begun(lease);
      var last =
          Collections.min(List.of(until, now.plus(limits.ttl()), begun.plus(limits.maxLifetime())));
      return new Extend(level, last.truncatedTo(ChronoUnit.SECONDS));
    }
  }

  /**
   * It ends now.
   *
   * @param by why
   * @param message the same for people
   * @param decision of the policies that end it, as the trail tells of it; null where none does, or
   *     it cannot be told
   */
  record End(EndedBy by, String message, AuditEvent.@Nullable Decided decision) implements Verdict {

    /** An end that is no policy's. */
    public End(EndedBy by, String message) {
      this(by, message, null);
    }

    static Optional<End> because(EndedBy by, String message) {
      return Optional.of(new End(by, message));
    }
  }

  /** Its end is written down; the account must go. */
  record Revoke() implements Verdict {}

  /**
   * It has ended, and stays readable.
   *
   * @param until when it is removed
   */
  record Retain(Instant until) implements Verdict {}

  /** It has ended, and may go. */
  record Forget() implements Verdict {}
}
