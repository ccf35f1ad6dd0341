package dev.hallpass.admission;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** A folder per case: {@code in-*} files make the {@code out-*} file. */
class AdmissionGoldenTest {
  private static final Path CASES = Path.of("src/test/resources/admission");
  private static final String PATCHED = "out-pod.yaml";
  private static final String REFUSED = "out-refusal.txt";

  @TestFactory
  Stream<DynamicTest> cases() throws IOException {
    return folders().map(f -> DynamicTest.dynamicTest(f.getFileName().toString(), () -> check(f)));
  }

  @Test
  void everyCaseHasItsInputsAndOneOutcome() throws IOException {
    for (var folder : folders().toList()) {
      try (var files = Files.list(folder)) {
        var names = new TreeSet<>(files.map(f -> f.getFileName().toString()).toList());
        assertThat(names)
            .as("%s", folder)
            .isIn(
                Set.of("in-pod.yaml", "in-providers.yaml", "in-requests.yaml", PATCHED),
                Set.of("in-pod.yaml", "in-providers.yaml", "in-requests.yaml", REFUSED));
      }
    }
  }

  private static void check(Path folder) throws IOException {
    var given = AdmissionCase.read(folder);

    var outcome = given.review(AdmissionCase.NAMESPACE);

    if (Files.exists(folder.resolve(REFUSED))) {
      assertThat(outcome.message() + "\n").isEqualTo(Files.readString(folder.resolve(REFUSED)));
      assertThat(outcome.isAllowed()).isFalse();
      assertThat(outcome.isPatched()).isFalse();
    } else {
      assertThat(outcome.isAllowed()).as(outcome.message()).isTrue();
      assertThat(outcome.pod().toPrettyString())
          .isEqualTo(AdmissionCase.documents(folder.resolve(PATCHED)).getFirst().toPrettyString());
      assertThat(given.withPod(outcome.pod()).review(AdmissionCase.NAMESPACE).isPatched())
          .as("a second review changes nothing")
          .isFalse();
    }
  }

  private static Stream<Path> folders() throws IOException {
    try (var all = Files.list(CASES)) {
      return all.sorted().toList().stream();
    }
  }
}
