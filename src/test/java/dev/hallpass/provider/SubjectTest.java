package dev.hallpass.provider;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SubjectTest {
  private static final UUID LEASE = UUID.fromString("f0e1d2c3-b4a5-4697-8879-6a5b4c3d2e1f");

  @Test
  void nameFollowsFromTheLeaseAndFitsPostgreSql() {
    var subject = new Subject("0a1b2c3d", LEASE);

    assertThat(subject.name())
        .isEqualTo("hp_0a1b2c3d_f0e1d2c3b4a5469788796a5b4c3d2e1f")
        .hasSizeLessThanOrEqualTo(63);
  }

  @Test
  void nameReadsBackToTheLease() {
    var subject = new Subject("0a1b2c3d", LEASE);

    assertThat(Subject.parse("0a1b2c3d", subject.name())).contains(subject);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "postgres",
        "hp_0a1b2c3d_",
        "hp_0a1b2c3d_f0e1d2c3b4a5469788796a5b4c3d2e1",
        "hp_0a1b2c3d_F0E1D2C3B4A5469788796A5B4C3D2E1F",
        "hp_ffffffff_f0e1d2c3b4a5469788796a5b4c3d2e1f",
        "xhp_0a1b2c3d_f0e1d2c3b4a5469788796a5b4c3d2e1f"
      })
  void whatIsNotOursIsNotRead(String name) {
    assertThat(Subject.parse("0a1b2c3d", name)).isEmpty();
  }
}
