package dev.hallpass.policy.cel;

import static org.assertj.core.api.Assertions.assertThat;

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
    assertThat(Functions.all()).extracting(Function::meaning).doesNotContain("");
    assertThat(PolicyReference.generate()).doesNotContain("null");
  }
}
