package dev.hallpass.cli;

import dev.hallpass.cli.Paint.Reader;
import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where a command speaks and listens.
 *
 * @param in the answers of a person; null where nobody is there to answer
 */
record Surface(
    PrintWriter out, PrintWriter err, @Nullable BufferedReader in, Paint paint, Clock clock) {

  /** The terminal, or whatever this process was started with. */
  static Surface ofProcess() {
    var reader =
        Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent()
            ? Reader.PERSON
            : Reader.PROGRAM;
    return new Surface(
        new PrintWriter(System.out, true, StandardCharsets.UTF_8),
        new PrintWriter(System.err, true, StandardCharsets.UTF_8),
        reader == Reader.PERSON
            ? new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))
            : null,
        Paint.of(System.getenv(), reader),
        Clock.systemUTC());
  }

  /** A page to fill. */
  Page page() {
    return new Page(paint);
  }

  /** Prints a page. */
  void print(Page page) {
    print(page.text());
  }

  /** Prints text, without what is unfit for a terminal. */
  void print(String text) {
    out.print(Printable.text(text, paint));
    out.flush();
  }

  /** Says something about the command itself, which is not its result. */
  void remark(String text) {
    err.println(Printable.text(text, paint));
    err.flush();
  }

  /**
   * Asks for a yes.
   *
   * @throws Failure where nobody is there to give it
   */
  boolean confirmed(String question) {
    if (in == null) {
      throw new Failure(ExitCode.USAGE, question + " Nobody is there to ask: give --yes");
    }
    err.print(Printable.text(question, paint) + " [y/N] ");
    err.flush();
    try {
      var answer = in.readLine();
      return answer != null && answer.strip().toLowerCase(Locale.ROOT).startsWith("y");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
