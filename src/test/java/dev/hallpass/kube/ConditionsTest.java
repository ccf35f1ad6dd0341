package dev.hallpass.kube;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hallpass.wire.Reason;
import io.fabric8.kubernetes.api.model.Condition;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConditionsTest {
  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
  private static final Statement READY =
      new Statement.Holds(Conditions.READY, Reason.Ready, "message");
  private static final Statement NOT_READY =
      new Statement.Fails(Conditions.READY, Reason.ProviderNotFound, "message");

  @Test
  void transitionTimeMovesOnlyWithTheStatus() {
    var first = Conditions.with(List.of(), READY, 1L, NOON);
    var same = Conditions.with(first, READY, 1L, NOON.plusSeconds(60));
    var changed = Conditions.with(same, NOT_READY, 1L, NOON.plusSeconds(120));

    assertThat(same.getFirst().getLastTransitionTime()).isEqualTo("2026-01-01T12:00:00Z");
    assertThat(changed.getFirst().getLastTransitionTime()).isEqualTo("2026-01-01T12:02:00Z");
    assertThat(changed.getFirst().getReason()).isEqualTo("ProviderNotFound");
  }

  @Test
  void otherConditionsStayInPlace() {
    var two =
        Conditions.with(
            Conditions.with(List.of(), READY, 1L, NOON),
            new Statement.Fails(Conditions.REVOKED, Reason.Revoking, ""),
            1L,
            NOON);

    assertThat(Conditions.with(two, NOT_READY, 1L, NOON))
        .extracting(Condition::getType)
        .containsExactly(Conditions.READY, Conditions.REVOKED);
  }
}
