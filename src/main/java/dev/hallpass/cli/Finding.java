package dev.hallpass.cli;

import org.jspecify.annotations.Nullable;

/**
 * One thing that was found out.
 *
 * @param reason the word that conditions, Events and logs have for it
 * @param message names the object and the field
 * @param advice what to do; null where the message says it, or nothing is to be done
 */
record Finding(Weight weight, String reason, String message, @Nullable String advice) {

  /** What it means for whoever asks. */
  enum Weight {
    /** Nothing works until it is changed. */
    BLOCKS,
    /** It works now, and may not for long. */
    WARNS,
    /** Good to know. */
    TELLS
  }

  static Finding blocks(String reason, String message, @Nullable String advice) {
    return new Finding(Weight.BLOCKS, reason, message, advice);
  }

  static Finding warns(String reason, String message, @Nullable String advice) {
    return new Finding(Weight.WARNS, reason, message, advice);
  }

  static Finding tells(String reason, String message) {
    return new Finding(Weight.TELLS, reason, message, null);
  }
}
