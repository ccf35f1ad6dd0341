package dev.hallpass.policy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.hallpass.api.v1alpha1.CredentialPolicy;
import dev.hallpass.policy.cases.Outcome;
import dev.hallpass.policy.cases.PolicyCases;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What we give people to start from compiles, and does what its cases say. */
class PolicyLibraryTest {
  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());
  private static final Path FOLDER = Path.of("config/policies");
  private static final Path CASES = FOLDER.resolve("cases");

  static List<Path> files() {
    return yaml(FOLDER);
  }

  private static List<Path> yaml(Path folder) {
    try (var files = Files.list(folder)) {
      return files.filter(f -> f.toString().endsWith(".yaml")).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<JsonNode> documents(Path file) {
    try (var documents = YAML.readerFor(JsonNode.class).<JsonNode>readValues(file.toFile())) {
      return documents.readAll();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Stream<CredentialPolicy> policies(Path file) {
    return documents(file).stream()
        .filter(d -> d.path("kind").asText().equals("CredentialPolicy"))
        .map(d -> YAML.convertValue(d, CredentialPolicy.class));
  }

  private static List<Outcome> run(String policies, Path file) throws IOException {
    return PolicyCases.of(
            Map.of(
                "policies", policies, "cases", Files.readString(CASES.resolve(file.getFileName()))))
        .run();
  }

  @ParameterizedTest
  @MethodSource("files")
  void compiles(Path file) {
    assertThat(policies(file).flatMap(p -> CompiledPolicy.of(p).flaws().stream())).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("files")
  void doesWhatItsCasesSay(Path file) throws IOException {
    assertThat(run(Files.readString(file), file))
        .isNotEmpty()
        .allSatisfy(outcome -> assertThat(outcome.differences()).as(outcome.name()).isEmpty());
  }

  /** Cases that any policy would pass say nothing. */
  @ParameterizedTest
  @MethodSource("files")
  void itsCasesFailWithoutIt(Path file) throws IOException {
    var idle =
        """
        kind: CredentialPolicy
        metadata: {name: idle}
        spec: {validations: [{expression: "true"}]}
        """;

    assertThat(run(idle, file)).anyMatch(o -> !o.passed());
  }

  @Test
  void everyCaseBelongsToAPolicy() {
    assertThat(yaml(CASES))
        .extracting(Path::getFileName)
        .isEqualTo(files().stream().map(Path::getFileName).toList());
  }

  /** A file can be applied together with all others. */
  @Test
  void namesAreTakenOnce() {
    Map<String, Long> taken = new TreeMap<>();
    files().stream()
        .flatMap(PolicyLibraryTest::policies)
        .forEach(p -> taken.merge(p.getMetadata().getName(), 1L, Long::sum));
    assertThat(taken.values()).containsOnly(1L);
  }
}
