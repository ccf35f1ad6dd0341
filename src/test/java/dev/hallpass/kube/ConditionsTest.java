package dev.hallpass.kube;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hallpass.wire.Reason;
import io.fabric8.kubernetes.api.model.Condition;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConditionsTest {
  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

  @Test
  void transitionTimeMovesOnlyWithTheStatus() {
    var first = ready(List.of(), true, Reason.Ready, NOON);
    var same = ready(first, true, Reason.Ready, NOON.plusSeconds(60));
    var changed = ready(same, false, Reason.ProviderNotFound, NOON.plusSeconds(120));

    assertThat(same.getFirst().getLastTransitionTime()).isEqualTo("2026-01-01T12:00:00Z");
    assertThat(changed.getFirst().getLastTransitionTime()).isEqualTo("2026-01-01T12:02:00Z");
    assertThat(changed.getFirst().getReason()).isEqualTo("ProviderNotFound");
  }

  @Test
  void otherConditionsStayInPlace() {
    var two =
        Conditions.with(
            ready(List.of(), true, Reason.Ready, NOON),
            Conditions.REVOKED,
            false,
            Reason.Revoking,
            "",
            1L,
            NOON);

    assertThat(ready(two, false, Reason.ProviderNotFound, NOON))
        .extracting(Condition::getType)
        .containsExactly(Conditions.READY, Conditions.REVOKED);
  }

  private static List<Condition> ready(
      List<Condition> before, boolean holds, Reason reason, Instant now) {
    return Conditions.with(before, Conditions.READY, holds, reason, "message", 1L, now);
  }
}
