package dev.hallpass.crd;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * Every rule of a schema has a manifest that breaks it, which {@code ManifestsIT} shows to a real
 * API server.
 */
class RuleManifestTest {
  private static final Path MANIFESTS = Path.of("src/test/resources/manifests");
  private static final String EXPECTED = "# refused: ";

  @Test
  void everyRuleIsBrokenByAManifest() throws IOException {
    var refusals = refusals();
    var untried = new TreeSet<String>();
    for (var file : CrdFiles.generate().values()) {
      var crd = Serialization.unmarshal(file, CustomResourceDefinition.class);
      SchemaWalk.of(
          crd,
          (path, schema) -> {
            schema
                .getXKubernetesValidations()
                .forEach(
                    rule -> {
                      if (refusals.stream().noneMatch(rule.getMessage()::startsWith)) {
                        untried.add(rule.getMessage());
                      }
                    });
          });
    }

    assertThat(untried)
        .as("write %s/invalid-*.yaml with the first line '%s…' for each", MANIFESTS, EXPECTED)
        .isEmpty();
  }

  /** Its refusal quotes a regular expression; a rule's message says what to write instead. */
  @Test
  void noPatternSpeaksForItself() throws IOException {
    var patterns = new TreeSet<String>();
    for (var file : CrdFiles.generate().entrySet()) {
      SchemaWalk.of(
          Serialization.unmarshal(file.getValue(), CustomResourceDefinition.class),
          (path, schema) -> {
            if (schema.getPattern() != null) {
              patterns.add(file.getKey() + ": " + path);
            }
          });
    }

    assertThat(patterns).as("write a @ValidationRule with matches() instead").isEmpty();
  }

  private static Set<String> refusals() throws IOException {
    var refusals = new HashSet<String>();
    try (var files = Files.list(MANIFESTS)) {
      for (var file : files.toList()) {
        Files.readString(file)
            .lines()
            .findFirst()
            .filter(line -> line.startsWith(EXPECTED))
            .ifPresent(line -> refusals.add(line.substring(EXPECTED.length())));
      }
    }
    return refusals;
  }
}
