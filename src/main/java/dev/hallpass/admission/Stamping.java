package dev.hallpass.admission;

import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.hallpass.wire.Reason;

/** What becomes of an approval or a break-glass that somebody writes. */
sealed interface Stamping {

  /** It may be, with these operations of a JSON Patch done to it. */
  record Stamped(ArrayNode patch) implements Stamping {}

  /**
   * It may not.
   *
   * @param reason the code
   * @param message for whoever writes it
   */
  record Refused(Reason reason, String message) implements Stamping {}
}
