package dev.hallpass.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TurnsTest {
  private static final int AT_ONCE = 3;

  private final Turns turns = new Turns(AT_ONCE);
  private final AtomicInteger working = new AtomicInteger();
  private final AtomicInteger most = new AtomicInteger();

  private void work() {
    most.accumulateAndGet(working.incrementAndGet(), Math::max);
    LockSupport.parkNanos(1000);
    working.decrementAndGet();
  }

  @Test
  void fewWorkAtATimeAndAllComeToIt() {
    var done = new AtomicInteger();
    try (var executor = turns.executor()) {
      IntStream.range(0, 1000)
          .forEach(
              i ->
                  executor.execute(
                      () -> {
                        work();
                        done.incrementAndGet();
                      }));
    }

    assertThat(done).hasValue(1000);
    assertThat(most).hasValueLessThanOrEqualTo(AT_ONCE);
  }

  /** All wait for a target that answers none of them until the last has come. */
  @Test
  void whoWaitsForATargetHoldsNobodyUp() throws InterruptedException {
    var waiting = new CountDownLatch(100);
    try (var executor = turns.executor()) {
      for (var i = 0; i < 100; i++) {
        executor.execute(
            () -> {
              Turns.aside(
                  () -> {
                    waiting.countDown();
                    awaitAll(waiting);
                    return true;
                  });
              work();
            });
      }
      waiting.await();
    }

    assertThat(most).hasValueLessThanOrEqualTo(AT_ONCE);
  }

  private static void awaitAll(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aFailureLosesNoTurn() {
    try (var executor = turns.executor()) {
      for (var i = 0; i < 10 * AT_ONCE; i++) {
        var _ =
            executor.submit(
                () ->
                    Turns.aside(
                        () -> {
                          throw new IllegalStateException("the target");
                        }));
      }
      executor.execute(this::work);
    }

    assertThat(most).hasValue(1);
  }

  @Test
  void whoHasNoTurnJustCalls() {
    assertThat(Turns.aside(() -> "called")).isEqualTo("called");
    assertThatThrownBy(
            () ->
                Turns.aside(
                    () -> {
                      throw new IllegalStateException("the target");
                    }))
        .hasMessage("the target");
  }
}
