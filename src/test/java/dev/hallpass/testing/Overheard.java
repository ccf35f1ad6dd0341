package dev.hallpass.testing;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/**
 * What is logged meanwhile: by our own classes down to the finest level, which libraries must not
 * be set to, by all others as far as they are logged anyhow.
 */
public final class Overheard extends Handler {
  private final Logger everything = Logger.getLogger("");
  private final Logger ours = Logger.getLogger("dev.hallpass");
  private final Level level = ours.getLevel();
  private final List<String> lines = new CopyOnWriteArrayList<>();
  private final SimpleFormatter format = new SimpleFormatter();

  private Overheard() {
    setLevel(Level.ALL);
  }

  /** Listens from now on. */
  public static Overheard listen() {
    var overheard = new Overheard();
    overheard.everything.addHandler(overheard);
    overheard.ours.setLevel(Level.ALL);
    return overheard;
  }

  /** All that was logged, stack traces included. */
  public String text() {
    return String.join("\n", lines);
  }

  @Override
  public void publish(LogRecord line) {
    lines.add(line.getLoggerName() + " " + format.format(line));
  }

  @Override
  public void flush() {}

  @Override
  public void close() {
    everything.removeHandler(this);
    ours.setLevel(level);
  }
}
