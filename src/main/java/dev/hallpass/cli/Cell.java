package dev.hallpass.cli;

import org.jspecify.annotations.Nullable;

/** A piece of text in a tone. */
record Cell(Tone tone, String text) {

  static Cell of(@Nullable Object value) {
    return of(Tone.PLAIN, value);
  }

  /** What is not there is a dash. */
  static Cell of(Tone tone, @Nullable Object value) {
    var text = value == null ? "" : Printable.line(value.toString());
    return text.isEmpty() ? new Cell(Tone.FAINT, "-") : new Cell(tone, text);
  }
}
