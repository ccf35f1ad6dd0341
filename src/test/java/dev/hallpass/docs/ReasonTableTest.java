package dev.hallpass.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;

class ReasonTableTest {

  @Test
  void thePageListsTheCodesOfTheProgram() throws IOException {
    assertThat(Files.readString(ReasonTable.FILE))
        .as("%s drifted from Reason: run hack/generate", ReasonTable.FILE)
        .isEqualTo(ReasonTable.generate());
  }
}
