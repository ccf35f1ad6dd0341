package dev.hallpass.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Authors of policies and of pods say what they like; others keep and read it. */
class DenialTest {

  @Test
  void cutsWhatIsSaid() {
    var denial = Denial.failed("images", 1, "Denied", "x".repeat(1 << 20));

    assertThat(denial.message()).isEqualTo("x".repeat(1023) + "…");
  }

  @Test
  void tellsOnlySoManyInALine() {
    var denial = Denial.ruled("images", 1, "Denied", "no");

    assertThat(Denial.sentence(List.of(denial, denial)))
        .isEqualTo("CredentialPolicy images, Denied: no; CredentialPolicy images, Denied: no");
    assertThat(Denial.sentence(Collections.nCopies(8, denial))).doesNotContain("more");
    assertThat(Denial.sentence(Collections.nCopies(500, denial)))
        .hasSizeLessThan(500)
        .endsWith("; and 492 more");
  }
}
