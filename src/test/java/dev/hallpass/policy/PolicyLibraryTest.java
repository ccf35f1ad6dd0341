package dev.hallpass.policy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.hallpass.api.v1alpha1.CredentialPolicy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What we give people to start from compiles. */
class PolicyLibraryTest {
  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

  static List<CredentialPolicy> policies() throws IOException {
    try (var files = Files.list(Path.of("config/policies"))) {
      return files.sorted().flatMap(PolicyLibraryTest::read).toList();
    }
  }

  private static Stream<CredentialPolicy> read(Path file) {
    try (var documents = YAML.readerFor(JsonNode.class).<JsonNode>readValues(file.toFile())) {
      return documents.readAll().stream()
          .filter(d -> d.path("kind").asText().equals("CredentialPolicy"))
          .map(d -> YAML.convertValue(d, CredentialPolicy.class));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @MethodSource("policies")
  void compiles(CredentialPolicy policy) {
    assertThat(CompiledPolicy.of(policy).flaws()).isEmpty();
  }
}
