package dev.hallpass.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import org.junit.jupiter.api.Test;

class SecretTest {

  @Test
  void doesNotPrintItselfNorInARecordThatHoldsIt() {
    var secret = Secret.of("hunter2");

    assertThat(secret.toString()).doesNotContain("hunter2");
    assertThat(new IssueAnswer.File("db.env", secret).toString()).doesNotContain("hunter2");
  }

  @Test
  void randomOnesAreDistinctAndHold256Bits() {
    var random = new SecureRandom();

    assertThat(Secret.random(random).reveal()).matches("[A-Za-z0-9_-]{43}");
    assertThat(Secret.random(random).reveal()).isNotEqualTo(Secret.random(random).reveal());
  }
}
