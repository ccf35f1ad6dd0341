package dev.hallpass.reconcile.provider;

import dev.hallpass.wire.Reason;

/** How a target was when it was last asked. */
sealed interface Health {

  /** It answers, and the admin account suffices. */
  record Fine() implements Health {}

  /** It does not, in its own words. */
  record Failing(Reason reason, String message) implements Health {}
}
