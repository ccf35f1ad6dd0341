package dev.hallpass.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The meters that the sources register, against the page that people make alerts from. */
class MetricsPageTest {
  private static final Path PAGE = Path.of("docs/reference/metrics.md");
  private static final Pattern METER =
      Pattern.compile(
          "(?:(Timer|Counter|Gauge)\\s*\\.builder|metrics\\s*\\.(timer|counter|gauge))\\(\\s*\"(hallpass\\.[a-z.]+)\"");
  private static final Pattern ROW =
      Pattern.compile("(?m)^\\| `(hallpass_[a-z_]+)(?:\\{[^}]*})?` ");

  @Test
  void eachMeterHasARowAndEachRowAMeter() throws IOException {
    assertThat(rows()).isEqualTo(meters());
  }

  private static Set<String> rows() throws IOException {
    return ROW.matcher(Files.readString(PAGE))
        .results()
        .map(r -> r.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** By the names under which Prometheus sees them. */
  private static Set<String> meters() throws IOException {
    var meters = new TreeSet<String>();
    try (var sources = Files.walk(Path.of("src/main/java"))) {
      for (var source : sources.filter(f -> f.toString().endsWith(".java")).toList()) {
        METER
            .matcher(Files.readString(source))
            .results()
            .forEach(
                m ->
                    meters.add(
                        prometheus(m.group(1) == null ? m.group(2) : m.group(1), m.group(3))));
      }
    }
    return meters;
  }

  private static String prometheus(String kind, String name) {
    var base = name.replace('.', '_');
    return switch (kind.toLowerCase(Locale.ROOT)) {
      case "timer" -> base + "_seconds";
      case "counter" -> base + "_total";
      default -> base;
    };
  }
}
