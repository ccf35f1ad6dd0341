package dev.hallpass.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LanesTest {
  private static final int AT_ONCE = 8;

  private final Lanes lanes = new Lanes();
  private final List<Integer> entered = new CopyOnWriteArrayList<>();
  private final CountDownLatch end = new CountDownLatch(1);

  @AfterEach
  void end() {
    end.countDown();
  }

  @Test
  void aTargetIsCalledEightTimesAtOnceAndTheNinthWaitsForItsTurn() {
    hold("orders", AT_ONCE - 1, end);
    var first = new CountDownLatch(1);
    hold("orders", 1, first);

    var ninth = waiting("orders", 9);
    assertThat(entered).doesNotContain(9);

    first.countDown();
    await().until(() -> entered.contains(9));
    await().until(() -> !ninth.isAlive());
  }

  @Test
  void aTargetThatHangsHoldsUpNoOther() {
    hold("orders", AT_ONCE, end);
    waiting("orders", 9);

    assertThat(lanes.pass("bills", () -> "served")).isEqualTo("served");
  }

  @Test
  void whoCameFirstGoesFirst() {
    hold("orders", AT_ONCE - 1, end);
    var first = new CountDownLatch(1);
    hold("orders", 1, first);
    for (var place = 100; place < 120; place++) {
      waiting("orders", place);
    }
    entered.clear();

    // The one place that is left goes from hand to hand.
    first.countDown();

    await().until(() -> entered.size() == 20);
    assertThat(entered).isSorted();
  }

  @Test
  void aCallThatFailsGivesItsPlaceBack() {
    for (var i = 0; i < 2 * AT_ONCE; i++) {
      assertThatThrownBy(() -> lanes.pass("orders", LanesTest::fail))
          .hasMessage("the target is away");
    }

    assertThat(lanes.pass("orders", () -> "served")).isEqualTo("served");
  }

  /** So many calls that are made, and stay until then. */
  private void hold(String target, int calls, CountDownLatch until) {
    var before = entered.size();
    for (var i = 0; i < calls; i++) {
      Thread.startVirtualThread(() -> lanes.pass(target, () -> stay(0, until)));
    }
    await().until(() -> entered.size() == before + calls);
  }

  /** A call that waits for its turn, and is done at once when that comes. */
  private Thread waiting(String target, int place) {
    var thread =
        Thread.startVirtualThread(
            () -> lanes.pass(target, () -> stay(place, new CountDownLatch(0))));
    await().until(() -> thread.getState() == Thread.State.WAITING);
    return thread;
  }

  private boolean stay(int place, CountDownLatch until) {
    entered.add(place);
    try {
      until.await();
      return true;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String fail() {
    throw new IllegalStateException("the target is away");
  }
}
