package dev.hallpass.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;

class CliPageTest {

  @Test
  void thePageListsTheCommandsOfThePlugin() throws IOException {
    assertThat(Files.readString(CliPage.FILE))
        .as("%s drifted from the plugin: run hack/generate", CliPage.FILE)
        .isEqualTo(CliPage.generate());
  }
}
