package dev.hallpass.reconcile.lease;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NodeWatchTest {
  private static final Instant START = Instant.parse("2026-01-01T12:00:00Z");

  private Instant now = START;
  private final NodeWatch watch =
      new NodeWatch(((InstantSource) () -> now).withZone(ZoneOffset.UTC));

  private static Node node(String ready) {
    return new NodeBuilder()
        .withNewMetadata()
        .withName("worker-1")
        .endMetadata()
        .withNewStatus()
        .addNewCondition()
        .withType("Ready")
        .withStatus(ready)
        .withLastTransitionTime("2026-01-01T11:00:00Z")
        .endCondition()
        .endStatus()
        .build();
  }

  private @Nullable Instant absentAfter(Duration time) {
    now = now.plus(time);
    return watch.lostSince("worker-1", null);
  }

  @Test
  void aReadyNodeIsNotLost() {
    assertThat(watch.lostSince("worker-1", node("True"))).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"False", "Unknown"})
  void oneThatIsNotReadySaysSinceWhen(String ready) {
    assertThat(watch.lostSince("worker-1", node(ready)))
        .isEqualTo(Instant.parse("2026-01-01T11:00:00Z"));
  }

  @Test
  void anAbsenceCountsFromWhenItWasNoticed() {
    assertThat(absentAfter(Duration.ZERO)).isEqualTo(START);
    assertThat(absentAfter(Duration.ofSeconds(30))).isEqualTo(START);
  }

  @Test
  void anAbsenceEndsWhenSomebodySeesTheNode() {
    absentAfter(Duration.ZERO);
    watch.lostSince("worker-1", node("True"));

    assertThat(absentAfter(Duration.ofMinutes(5))).isEqualTo(now);
  }

  @Test
  void anAbsenceEndsWhereTheNodeCameBackAndNobodyAsked() {
    absentAfter(Duration.ZERO);
    watch.onAdd(node("True"));
    watch.onDelete(node("True"), false);

    assertThat(absentAfter(Duration.ofMinutes(5))).isEqualTo(now);
  }

  @Test
  void anAbsenceEndsWhereTheNodeWasRemovedAndMadeAnewUnseen() {
    absentAfter(Duration.ZERO);
    watch.onUpdate(node("True"), node("True"));

    assertThat(absentAfter(Duration.ofMinutes(5))).isEqualTo(now);
  }

  @Test
  void anAbsenceThatSomebodyAsksAboutIsNotForgotten() {
    for (var day = 0; day < 5; day++) {
      assertThat(absentAfter(Duration.ofHours(20))).isEqualTo(START.plus(Duration.ofHours(20)));
    }
  }

  @Test
  void anAbsenceThatNobodyAsksAboutIsForgotten() {
    absentAfter(Duration.ZERO);
    now = now.plus(Duration.ofHours(25));
    watch.lostSince("worker-2", null);

    assertThat(absentAfter(Duration.ZERO)).isEqualTo(now);
  }
}
