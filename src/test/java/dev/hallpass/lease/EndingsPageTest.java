package dev.hallpass.lease;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hallpass.api.v1alpha1.EndedBy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class EndingsPageTest {
  private static final Pattern ROW = Pattern.compile("(?m)^\\| `([A-Z]\\w+)` \\|");

  @Test
  void tellsOfEveryEnding() throws IOException {
    var page = Files.readString(Path.of("docs", "how-it-works", "endings.md"));

    assertThat(ROW.matcher(page).results().map(row -> EndedBy.valueOf(row.group(1))))
        .containsExactlyInAnyOrder(EndedBy.values());
  }
}
