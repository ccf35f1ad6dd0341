package dev.hallpass.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class RotationTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final Duration DAY = Duration.ofDays(1);
  private static final Duration OVERLAP = Duration.ofDays(5);
  private static final ServingNames NAMES =
      new ServingNames(List.of("hallpass-broker.hallpass-system.svc"));
  private static final Lifetimes LIFETIMES =
      new Lifetimes(Duration.ofDays(90), Duration.ofDays(12), OVERLAP);

  private final Rotation rotation = new Rotation(NAMES, LIFETIMES, new SecureRandom());

  @Test
  void startsWithACaAndALeafThatItSigned() {
    var state = rotation.next(ServingState.EMPTY, START);

    assertThat(state.upcoming()).isNull();
    assertThat(state.previous()).isEmpty();
    assertThat(state.bundle()).containsExactly(state.authority().certificate());
    assertThat(Validation.accepts(state.leaf().certificate(), state.bundle(), START)).isTrue();
  }

  @Test
  void keepsEverythingUntilSomethingIsDue() {
    var state = rotation.next(ServingState.EMPTY, START);
    var due = rotation.dueAt(state);

    assertThat(rotation.next(state, START.plus(Duration.ofDays(7)))).isEqualTo(state);
    assertThat(rotation.next(state, due.minusSeconds(1))).isEqualTo(state);
    assertThat(rotation.next(state, due)).isNotEqualTo(state);
  }

  @Test
  void renewsTheLeafWhenAThirdOfItsLifeIsLeft() {
    var state = rotation.next(ServingState.EMPTY, START);
    var leaf = state.leaf().certificate();
    var life = Duration.between(leaf.getNotBefore().toInstant(), leaf.getNotAfter().toInstant());
    var third = leaf.getNotAfter().toInstant().minus(life.dividedBy(3));

    assertThat(Rotation.due(leaf, third.minusSeconds(1))).isFalse();
    assertThat(Rotation.due(leaf, third)).isTrue();
    var next = rotation.next(state, third);
    assertThat(next.leaf()).isNotEqualTo(state.leaf());
    assertThat(next.authority()).isEqualTo(state.authority());
  }

  @Test
  void aNewCaFirstJoinsTheBundleAndSignsOnlyAfterTheOverlap() {
    var first = rotation.next(ServingState.EMPTY, START);
    var day = START.plus(Duration.ofDays(61));

    var announced = rotation.next(first, day);

    assertThat(announced.authority()).isEqualTo(first.authority());
    assertThat(announced.bundle())
        .containsExactly(first.authority().certificate(), announced.upcoming().certificate());
    assertThat(rotation.next(announced, day.plus(OVERLAP).minusSeconds(1)).authority())
        .isEqualTo(first.authority());

    var promoted = rotation.next(announced, day.plus(OVERLAP));

    assertThat(promoted.authority()).isEqualTo(announced.upcoming());
    assertThat(promoted.previous()).containsExactly(first.authority().certificate());
    assertThat(
            Validation.accepts(
                promoted.leaf().certificate(),
                List.of(promoted.authority().certificate()),
                day.plus(OVERLAP)))
        .isTrue();
    var afterExpiry = START.plus(Duration.ofDays(90)).plusSeconds(1);
    assertThat(rotation.next(promoted, START.plus(Duration.ofDays(90))).previous()).hasSize(1);
    assertThat(rotation.next(promoted, afterExpiry).previous()).isEmpty();
  }

  @Test
  void aCaThatExpiredWhileNobodyLookedIsReplacedAtOnce() {
    var first = rotation.next(ServingState.EMPTY, START);
    var late = START.plus(Duration.ofDays(200));

    var state = rotation.next(first, late);

    assertThat(state.bundle()).hasSize(1).doesNotContain(first.authority().certificate());
    assertThat(Validation.accepts(state.leaf().certificate(), state.bundle(), late)).isTrue();
  }

  @Test
  void aLostCaKeyIsReplacedOnlyAfterTheNewCaHasSpread() {
    var first = rotation.next(ServingState.EMPTY, START);
    var lost = new ServingState(null, null, List.of(first.authority().certificate()), first.leaf());

    var healing = rotation.next(lost, START);

    assertThat(healing.authority()).isNull();
    assertThat(healing.leaf()).isEqualTo(first.leaf());
    assertThat(healing.bundle()).hasSize(2).contains(first.authority().certificate());

    var healed = rotation.next(healing, START.plus(OVERLAP));

    assertThat(healed.authority()).isEqualTo(healing.upcoming());
    assertThat(healed.leaf()).isNotEqualTo(first.leaf());
    assertThat(healed.bundle()).hasSize(2);
  }

  @Test
  void aLostCaKeyWithoutATrustedLeafIsReplacedAtOnce() {
    var first = rotation.next(ServingState.EMPTY, START);

    var state =
        rotation.next(
            new ServingState(null, null, List.of(first.authority().certificate()), null), START);

    assertThat(state.authority()).isNotNull().isNotEqualTo(first.authority());
    assertThat(Validation.accepts(state.leaf().certificate(), state.bundle(), START)).isTrue();
  }

  @Test
  void furtherNamesOfTheSameNamespaceNeedOnlyANewLeaf() {
    var first = rotation.next(ServingState.EMPTY, START);
    var more =
        new ServingNames(
            List.of("hallpass-broker.hallpass-system.svc", "other.hallpass-system.svc"));

    var state = new Rotation(more, LIFETIMES, new SecureRandom()).next(first, START);

    assertThat(state.authority()).isEqualTo(first.authority());
    assertThat(more.sameAs(state.leaf().certificate())).isTrue();
  }

  @Test
  void namesTheCaMayNotVouchForNeedANewCaWithOverlap() {
    var first = rotation.next(ServingState.EMPTY, START);
    var moved = new ServingNames(List.of("broker.elsewhere.svc"));
    var mover = new Rotation(moved, LIFETIMES, new SecureRandom());

    var announced = mover.next(first, START);

    assertThat(announced.leaf()).isEqualTo(first.leaf());
    assertThat(announced.bundle()).hasSize(2);
    var done = mover.next(announced, START.plus(OVERLAP));
    assertThat(moved.sameAs(done.leaf().certificate())).isTrue();
  }

  @Test
  void refusesLifetimesUnderWhichALeafOutlivesItsCa() {
    assertThatThrownBy(
            () -> new Lifetimes(Duration.ofDays(30), Duration.ofDays(9), Duration.ofDays(2)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("last third");
  }

  /**
   * Through three CA rotations: every leaf that a broker may still serve validates under every
   * bundle that a client may still hold, if each learns news within the overlap.
   */
  @Test
  void noClientEverMeetsALeafItCannotVerify() {
    record At(Instant moment, ServingState state) {}
    var step = Duration.ofHours(12);
    var history = new ArrayList<At>();
    var authorities = new HashSet<X509Certificate>();
    var state = ServingState.EMPTY;
    for (var now = START; authorities.size() < 4; now = now.plus(step)) {
      state = rotation.next(state, now);
      var at = now;
      authorities.add(state.authority().certificate());
      history.add(new At(now, state));
      history.removeIf(h -> h.moment().isBefore(at.minus(OVERLAP)));
      var brokers = history.stream().filter(h -> !h.moment().isBefore(at.minus(DAY))).toList();
      for (var leaf : new HashSet<>(brokers.stream().map(h -> h.state().leaf()).toList())) {
        for (var bundle : new HashSet<>(history.stream().map(h -> h.state().bundle()).toList())) {
          assertThat(Validation.accepts(leaf.certificate(), bundle, now))
              .as("%s under %d CAs at %s", leaf, bundle.size(), now)
              .isTrue();
        }
      }
    }
  }
}
