package dev.hallpass.policy.cel;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hallpass.testing.ServerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The conformance cases of CEL's authors, in the environment of policies. What policies do not have
 * is in {@code src/test/resources/cel/exclusions.txt}, with the reason; so is what the
 * implementation does otherwise.
 */
class CelConformanceIT {
  private static final Path EXCLUSIONS = Path.of("src/test/resources/cel/exclusions.txt");
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Map<String, List<CelCase>> FILES = new TreeMap<>();
  private static final Map<String, String> DIFFERENCES = new LinkedHashMap<>();
  private static List<String> excluded = List.of();

  @BeforeAll
  static void runAll() throws IOException {
    for (var line : Files.readAllLines(Path.of(ServerProcess.output("hack/cel/cases").strip()))) {
      // As an integer it would lose its sign.
      var file = JSON.readTree(line.replaceAll("(\"doubleValue\": *)-0(?=[ ,}])", "$1-0.0"));
      FILES.put(file.path("name").asText(), cases(file));
    }
    FILES.values().stream()
        .flatMap(List::stream)
        .forEach(c -> c.difference().ifPresent(d -> DIFFERENCES.put(c.name(), d)));
    Files.write(
        Path.of("target/cel-differences.txt"),
        DIFFERENCES.entrySet().stream().map(e -> e.getKey() + " " + e.getValue()).toList());
    excluded =
        Files.readAllLines(EXCLUSIONS).stream()
            .filter(l -> !l.isBlank() && !l.startsWith("#"))
            .map(l -> l.split(" ", 2)[0])
            .toList();
  }

  private static List<CelCase> cases(JsonNode file) {
    var cases = new ArrayList<CelCase>();
    for (var section : file.path("section")) {
      for (var test : section.path("test")) {
        cases.add(
            new CelCase(
                String.join(
                    "/",
                    file.path("name").asText(),
                    section.path("name").asText(),
                    test.path("name").asText().replaceAll("[ /]", "_")),
                test));
      }
    }
    return cases;
  }

  static Stream<String> files() {
    return FILES.keySet().stream();
  }

  private static boolean isExcluded(String name) {
    return excluded.stream().anyMatch(e -> covers(e, name));
  }

  private static boolean covers(String exclusion, String name) {
    return name.equals(exclusion) || name.startsWith(exclusion + "/");
  }

  @ParameterizedTest
  @MethodSource("files")
  void agrees(String file) {
    assertThat(DIFFERENCES.entrySet())
        .filteredOn(e -> covers(file, e.getKey()) && !isExcluded(e.getKey()))
        .isEmpty();
  }

  @Test
  void nothingIsExcludedThatAgrees() {
    assertThat(excluded)
        .doesNotHaveDuplicates()
        .allSatisfy(e -> assertThat(DIFFERENCES.keySet()).as(e).anyMatch(n -> covers(e, n)));
  }

  /** The version is pinned: more or fewer are a mistake in the reading. */
  @Test
  void allCasesAreRead() {
    var all = FILES.values().stream().mapToInt(List::size).sum();
    var out =
        FILES.values().stream().flatMap(List::stream).filter(c -> isExcluded(c.name())).count();

    System.out.printf("%d cases, %d of them excluded%n", all, out);
    assertThat(all).isEqualTo(2508);
  }
}
