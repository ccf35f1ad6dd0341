package dev.hallpass.policy.cel;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.hallpass.policy.PolicyFacts;
import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;

class PolicyReferenceTest {

  @Test
  void thePageIsWhatTheCodeSays() throws IOException {
    assertThat(Files.readString(PolicyReference.FILE))
        .as("run hack/generate")
        .isEqualTo(PolicyReference.generate());
  }

  /** Who writes a policy learns of all that it can ask. */
  @Test
  void everyVariableAndFunctionIsDescribed() {
    assertThat(Functions.all()).extracting(Function::meaning).noneMatch(String::isBlank);
    assertThat(JavaTypes.components(PolicyFacts.class))
        .allSatisfy(
            c ->
                assertThat(c.getAccessor().getAnnotation(JsonPropertyDescription.class))
                    .as(c.getName())
                    .isNotNull());
  }
}
