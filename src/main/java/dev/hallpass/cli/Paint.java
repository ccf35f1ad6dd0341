package dev.hallpass.cli;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Whether tones become colours. */
enum Paint {
  NONE {
    @Override
    String paint(Tone tone, String text) {
      return text;
    }
  },
  ANSI {
    @Override
    String paint(Tone tone, String text) {
      return tone.code().isEmpty() || text.isEmpty()
          ? text
          : "\u001b[%sm%s\u001b[0m".formatted(tone.code(), text);
    }
  };

  /** The text as a terminal shows it. */
  abstract String paint(Tone tone, String text);

  /** Whom a process prints to. */
  enum Reader {
    PERSON,
    PROGRAM
  }

  /** Colours are for people, unless they want none (no-color.org) or their terminal has none. */
  static Paint of(Map<String, String> environment, Reader reader) {
    return reader == Reader.PERSON
            && isEmpty(environment.get("NO_COLOR"))
            && !"dumb".equals(environment.get("TERM"))
        ? ANSI
        : NONE;
  }

  private static boolean isEmpty(@Nullable String value) {
    return value == null || value.isEmpty();
  }
}
