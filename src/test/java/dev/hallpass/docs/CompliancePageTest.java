package dev.hallpass.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hallpass.audit.Held;
import dev.hallpass.wire.Reason;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the page calls evidence, against the tests, records and reasons that there are. */
class CompliancePageTest {
  private static final Path PAGE = Path.of("docs/compliance.md");
  private static final Path TESTS = Path.of("src/test/java");
  private static final Pattern NAME = Pattern.compile("`([^`]+)`");
  private static final int EVIDENCE = 4;
  private static final int MISSING = 5;

  /** The cells of each row, the first of which is empty. */
  private static List<String[]> rows() throws IOException {
    return Files.readAllLines(PAGE).stream()
        .filter(line -> line.startsWith("| ") && !line.startsWith("| standard"))
        .map(line -> line.split("\\|", -1))
        .toList();
  }

  @Test
  void allEvidenceIsThere() throws IOException, ReflectiveOperationException {
    var known = known();

    for (var row : rows()) {
      assertThat(NAME.matcher(row[EVIDENCE]).results().map(named -> named.group(1)))
          .as(row[1].strip())
          .allSatisfy(name -> assertThat(known).contains(name));
    }
  }

  /** Nothing is claimed without it. */
  @Test
  void eachRowHasEvidenceOrSaysWhatIsMissing() throws IOException {
    assertThat(rows())
        .hasSizeGreaterThan(30)
        .allSatisfy(
            row ->
                assertThat(row[EVIDENCE].isBlank() && row[MISSING].isBlank())
                    .as(row[1].strip())
                    .isFalse());
  }

  private static Set<String> known() throws IOException, ReflectiveOperationException {
    var known = new TreeSet<>(AuditPageTest.kinds());
    Stream.of(Reason.values()).map(Reason::name).forEach(known::add);
    components("held", Held.class).forEach(known::add);
    try (var files = Files.walk(TESTS)) {
      files
          .map(file -> file.getFileName().toString().replace(".java", ""))
          .filter(name -> name.matches(".+(Test|IT|E2E)"))
          .forEach(known::add);
    }
    return known;
  }

  private static Stream<String> components(String path, Class<?> type) {
    return type.isRecord()
        ? Arrays.stream(type.getRecordComponents())
            .flatMap(c -> component(path + "." + c.getName(), c))
        : Stream.of();
  }

  private static Stream<String> component(String path, RecordComponent component) {
    return Stream.concat(Stream.of(path), components(path, component.getType()));
  }
}
