package dev.hallpass.admission;

import dev.hallpass.api.v1alpha1.CredentialApprovalSpec.Stamp;
import dev.hallpass.wire.Reason;

/** What becomes of an approval that somebody makes. */
sealed interface Stamping {

  /** It may be, with this stamp. */
  record Stamped(Stamp stamp) implements Stamping {}

  /**
   * It may not.
   *
   * @param reason the code
   * @param message for whoever makes it
   */
  record Refused(Reason reason, String message) implements Stamping {}
}
