package dev.hallpass.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;

class ChartValuesTest {

  @Test
  void thePageListsTheValues() throws IOException {
    assertThat(Files.readString(ChartValues.FILE))
        .as("%s drifted from values.yaml: run hack/generate", ChartValues.FILE)
        .isEqualTo(ChartValues.generate());
  }

  @Test
  void everyValueHasACommentAndARuleOfTheSchema() throws IOException {
    var allowed = ChartValues.allowed();
    assertThat(ChartValues.values())
        .hasSizeGreaterThan(50)
        .allSatisfy(
            value -> {
              assertThat(value.meaning()).as("comment of %s", value.path()).isNotEmpty();
              assertThat(ChartValues.kind(allowed, value.path()))
                  .as("rule of %s in values.schema.json", value.path())
                  .isNotEmpty();
            });
  }

  @Test
  void everyRuleOfTheSchemaHasAValue() throws IOException {
    var paths = ChartValues.values().stream().map(ChartValues.Value::path).toList();

    assertThat(ChartValues.allowed().keySet())
        .filteredOn(rule -> !rule.equals("global"))
        .allSatisfy(
            rule ->
                assertThat(paths)
                    .as("%s of values.schema.json in values.yaml", rule)
                    .anyMatch(
                        p ->
                            p.equals(rule)
                                || p.startsWith(rule + ".")
                                || rule.startsWith(p + ".")));
  }
}
