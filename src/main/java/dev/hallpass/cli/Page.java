package dev.hallpass.cli;

import java.util.ArrayList;
import java.util.List;

/** Lines of text that are put together before anything is printed. */
final class Page {
  private final Paint paint;
  private final List<String> lines = new ArrayList<>();

  Page(Paint paint) {
    this.paint = paint;
  }

  /** Adds a line; what is of several becomes one. */
  Page line(String text) {
    lines.add(Printable.line(text));
    return this;
  }

  /** Adds a line in a tone. */
  Page line(Tone tone, String text) {
    return line(paint.paint(tone, text));
  }

  /** Adds a table, each line behind this. */
  Page table(String indent, Table table) {
    table.lines(paint).forEach(l -> line(indent + l));
    return this;
  }

  /** The text in that tone. */
  String in(Tone tone, String text) {
    return paint.paint(tone, text);
  }

  Paint paint() {
    return paint;
  }

  /** All of it, each line ended. */
  String text() {
    return lines.isEmpty() ? "" : String.join("\n", lines) + "\n";
  }
}
