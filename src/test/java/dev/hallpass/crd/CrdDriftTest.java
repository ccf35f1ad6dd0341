package dev.hallpass.crd;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class CrdDriftTest {

  @Test
  void committedCrdsAreWhatTheJavaTypesSay() throws IOException {
    var expected = CrdFiles.generate();

    for (var folder : CrdFiles.FOLDERS) {
      var committed = new TreeMap<String, String>();
      try (var files = Files.list(folder)) {
        for (var file : files.toList()) {
          committed.put(file.getFileName().toString(), Files.readString(file));
        }
      }
      assertThat(committed)
          .as("%s drifted from the Java types: run hack/generate", folder)
          .isEqualTo(expected);
    }
  }
}
