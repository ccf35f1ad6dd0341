package dev.hallpass.broker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hallpass.wire.Reason;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class AddressWaitTest {
  private static final Proof UNKNOWN = new Proof.Refused(Reason.PodAddressUnknown, "not yet");
  private static final Proof GONE = new Proof.Refused(Reason.PodGone, "gone");
  private static final Proof PROVEN = new Proof.Accepted(new PodBuilder().build());

  private static final String POD = "5f0e";

  private final AddressWait wait = new AddressWait();
  private final AtomicInteger looks = new AtomicInteger();

  @Test
  void looksUntilTheAddressIsKnown() {
    assertThat(wait.known(POD, () -> looks.incrementAndGet() < 3 ? UNKNOWN : PROVEN))
        .isEqualTo(PROVEN);
    assertThat(looks).hasValue(3);
  }

  @Test
  void waitsForNothingElse() {
    assertThat(wait.known(POD, () -> looks.incrementAndGet() < 2 ? UNKNOWN : GONE)).isEqualTo(GONE);
    assertThat(looks).hasValue(2);
  }

  @Test
  void givesUp() {
    assertThat(wait.known(POD, () -> look(UNKNOWN))).isEqualTo(UNKNOWN);
    assertThat(looks).hasValue(21);
  }

  @Test
  void refusesAtOnceWhereManyWait() throws Exception {
    var waiting = new CountDownLatch(AddressWait.AT_ONCE);
    var known = new CountDownLatch(1);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (var i = 0; i < AddressWait.AT_ONCE; i++) {
        var pod = "pod-" + i;
        threads.execute(
            () -> assertThat(wait.known(pod, secondLook(waiting, known))).isEqualTo(PROVEN));
      }
      waiting.await();

      assertThat(wait.known(POD, () -> look(UNKNOWN))).isEqualTo(UNKNOWN);
      assertThat(looks).hasValue(1);

      known.countDown();
    }
    assertThat(wait.known(POD, () -> looks.incrementAndGet() < 3 ? UNKNOWN : PROVEN))
        .isEqualTo(PROVEN);
  }

  @Test
  void looksAtAPodForOneCallAtATime() throws Exception {
    var waiting = new CountDownLatch(1);
    var known = new CountDownLatch(1);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      threads.execute(
          () -> assertThat(wait.known(POD, secondLook(waiting, known))).isEqualTo(PROVEN));
      waiting.await();

      for (var i = 0; i < 1000; i++) {
        assertThat(wait.known(POD, () -> look(UNKNOWN))).isEqualTo(UNKNOWN);
      }
      assertThat(looks).as("one look for each call, and no more").hasValue(1000);
      assertThat(wait.known("another", () -> looks.incrementAndGet() < 1003 ? UNKNOWN : PROVEN))
          .isEqualTo(PROVEN);

      known.countDown();
    }
    looks.set(0);
    assertThat(wait.known(POD, () -> looks.incrementAndGet() < 3 ? UNKNOWN : PROVEN))
        .isEqualTo(PROVEN);
  }

  /** Unknown at first; the second look, which is made in a place of its own, lasts a while. */
  private static Supplier<Proof> secondLook(CountDownLatch waiting, CountDownLatch known) {
    var first = new AtomicBoolean(true);
    return () -> {
      if (first.getAndSet(false)) {
        return UNKNOWN;
      }
      waiting.countDown();
      try {
        known.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      return PROVEN;
    };
  }

  private Proof look(Proof proof) {
    looks.incrementAndGet();
    return proof;
  }
}
