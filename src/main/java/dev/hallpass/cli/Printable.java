package dev.hallpass.cli;

import static java.util.stream.Collectors.joining;

import dev.hallpass.wire.Unseen;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Text as a terminal may be given it. Much of what commands show was written by others into objects
 * of the cluster; control characters in it could move the cursor, hide lines or speak to the
 * terminal (ECMA-48), and marks of direction could show it in another order than it is in (Unicode
 * UAX 9).
 */
final class Printable {
  private static final char SUBSTITUTE = '\ufffd';

  /** What {@link Paint} writes, and nothing else that begins with an escape. */
  private static final Pattern TONE =
      Pattern.compile(
          Stream.of(Tone.values())
              .map(Tone::code)
              .filter(c -> !c.isEmpty())
              .collect(joining("|", "\u001b\\[(?:0|", ")m")));

  private Printable() {}

  /** A text of lines, and the tones of its parts where there are any; the rest is replaced. */
  static String text(String text, Paint paint) {
    var printable = new StringBuilder(text.length());
    var tone = TONE.matcher(text);
    for (var i = 0; i < text.length(); i++) {
      var c = text.charAt(i);
      if (paint == Paint.ANSI && c == '\u001b' && tone.region(i, text.length()).lookingAt()) {
        printable.append(tone.group());
        i = tone.end() - 1;
      } else {
        printable.append(c == '\n' || c == '\t' || !Unseen.is(c) ? c : SUBSTITUTE);
      }
    }
    return printable.toString();
  }

  /** A text that is to stay within its line. */
  static String line(String text) {
    return text.replaceAll("\\s*\\R\\s*", " ").replace('\t', ' ');
  }
}
