package dev.hallpass.crd;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** {@code kubectl explain} has something to say of every field. */
class SchemaDescriptionTest {

  @Test
  void everyWordThatAPropertyTakesIsExplained() throws IOException {
    var silent = new TreeSet<String>();
    for (var file : CrdFiles.generate().entrySet()) {
      SchemaWalk.of(
          Serialization.unmarshal(file.getValue(), CustomResourceDefinition.class),
          (path, schema) -> {
            // A list explains the words of its items.
            var items = schema.getItems() == null ? null : schema.getItems().getSchema();
            var words = items == null ? schema.getEnum() : items.getEnum();
            if (words != null && !path.endsWith("[0]")) {
              words.stream()
                  .filter(word -> !schema.getDescription().contains(word.asText()))
                  .forEach(word -> silent.add(path + ": " + word));
            }
          });
    }

    assertThat(silent).as("name each word in @JsonPropertyDescription").isEmpty();
  }

  @Test
  void everyPropertyIsDescribed() throws IOException {
    var silent = new TreeSet<String>();
    for (var file : CrdFiles.generate().entrySet()) {
      var crd = Serialization.unmarshal(file.getValue(), CustomResourceDefinition.class);
      SchemaWalk.of(
          crd,
          (path, schema) -> {
            var description = schema.getDescription();
            if (!path.endsWith("[0]") && (description == null || !description.endsWith("."))) {
              silent.add(file.getKey() + ": " + path);
            }
          });
    }

    assertThat(silent).as("a sentence each, by @JsonPropertyDescription").isEmpty();
  }
}
