package dev.hallpass.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hallpass.wire.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The words by which people look something up are those that they are shown. */
class TroubleshootingPageTest {
  private static final Path PAGE = Path.of("docs/troubleshooting.md");
  private static final Pattern FIRST_CELL = Pattern.compile("(?m)^\\| ([^|]*) \\|");
  private static final Pattern WORD = Pattern.compile("`([A-Z][a-z]+(?:[A-Z][a-z]+)+)`");

  @Test
  void eachWordOfItsTablesIsAReason() throws IOException {
    var words =
        FIRST_CELL
            .matcher(Files.readString(PAGE))
            .results()
            .flatMap(cell -> WORD.matcher(cell.group(1)).results())
            .map(word -> word.group(1))
            .toList();

    assertThat(words).hasSizeGreaterThan(10);
    assertThat(Stream.of(Reason.values()).map(Reason::name)).containsAll(words);
  }
}
