package dev.hallpass.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;

class ApiPageTest {

  @Test
  void thePageSaysWhatTheCrdsSay() throws IOException {
    assertThat(Files.readString(ApiPage.FILE))
        .as("%s drifted from crds/: run hack/generate", ApiPage.FILE)
        .isEqualTo(ApiPage.generate());
  }
}
