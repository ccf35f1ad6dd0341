package dev.hallpass.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Locale;

/**
 * The rows that {@code hack/bench} prints: figure, measured, baseline of the same run, target;
 * apart by tabs, in the file that it names.
 */
final class Figures {
  private static final Path FILE = Path.of("target", "bench", "figures.tsv");

  private Figures() {}

  /** Appends one row. */
  static void add(String figure, String measured, String baseline, String compared, String target) {
    try {
      Files.createDirectories(FILE.getParent());
      Files.writeString(
          FILE,
          String.join("\t", figure, measured, baseline, compared, target) + "\n",
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Calls per second, and how long one took. */
  static String rate(Sample sample) {
    return "%.0f/s (%s)".formatted(sample.rate(), latency(sample));
  }

  /** Median and 99th percentile. */
  static String latency(Sample sample) {
    return String.format(
        Locale.ROOT, "p50 %.1f ms, p99 %.1f ms", sample.millis(.5), sample.millis(.99));
  }

  /** To a tenth. */
  static String seconds(Duration duration) {
    return String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1000.0);
  }

  /** What the one takes more than the other. */
  static String added(Sample with, Sample without) {
    return String.format(
        Locale.ROOT,
        "p50 %+.1f ms, p99 %+.1f ms",
        with.millis(.5) - without.millis(.5),
        with.millis(.99) - without.millis(.99));
  }

  /** The one's rate as a share of the other's. */
  static String share(Sample measured, Sample baseline) {
    return String.format(Locale.ROOT, "%.0f %%", 100 * measured.rate() / baseline.rate());
  }
}
