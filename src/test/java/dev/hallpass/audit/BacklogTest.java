package dev.hallpass.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class BacklogTest {
  private static final Duration AT_ONCE = Duration.ZERO;

  @Test
  void holdsOnlySoManyBytes() throws InterruptedException {
    var backlog = new Backlog<String>(10, 100);

    assertThat(backlog.offer("a", 60)).isTrue();
    assertThat(backlog.offer("b", 41)).isFalse();
    assertThat(backlog.offer("c", 40)).isTrue();
    assertThat(backlog.offer("d", 1)).isFalse();
    assertThat(backlog.bytes()).isEqualTo(100);

    assertThat(backlog.take(1, 100, AT_ONCE)).containsExactly("a");
    assertThat(backlog.offer("e", 60)).isTrue();
    assertThat(backlog.count()).isEqualTo(2);
  }

  @Test
  void holdsOnlySoMany() {
    var backlog = new Backlog<String>(2, 100);

    assertThat(List.of(backlog.offer("a", 1), backlog.offer("b", 1), backlog.offer("c", 1)))
        .containsExactly(true, true, false);
    assertThat(backlog.bytes()).isEqualTo(2);
  }

  @Test
  void givesAsManyAsFitTogetherInTheirOrder() throws InterruptedException {
    var backlog = new Backlog<String>(10, 1000);
    List.of("a", "b", "c", "d", "e").forEach(item -> backlog.offer(item, 30));
    backlog.offer("large", 500);

    assertThat(backlog.take(2, 1000, AT_ONCE)).containsExactly("a", "b");
    assertThat(backlog.take(10, 89, AT_ONCE)).containsExactly("c", "d");
    assertThat(backlog.take(10, 89, AT_ONCE)).containsExactly("e");
    assertThat(backlog.take(10, 89, AT_ONCE)).as("one in any case").containsExactly("large");
    assertThat(backlog.take(10, 89, AT_ONCE)).isEmpty();
    assertThat(backlog.bytes()).isZero();
  }

  @Test
  void letsGoOfAll() {
    var backlog = new Backlog<String>(10, 100);
    backlog.offer("a", 60);
    var gone = new AtomicInteger();

    backlog.clear(item -> gone.incrementAndGet());

    assertThat(gone).hasValue(1);
    assertThat(backlog.count()).isZero();
    assertThat(backlog.offer("b", 100)).isTrue();
  }

  @Test
  void manyThatOfferTogetherGetAllThePlaceThatThereIs() {
    var backlog = new Backlog<Integer>(10_000, 7 * 500);
    var waiting = new AtomicInteger();

    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (var i = 0; i < 2_000; i++) {
        var item = i;
        threads.execute(
            () -> {
              if (backlog.offer(item, 7)) {
                waiting.incrementAndGet();
              }
            });
      }
    }

    assertThat(waiting).hasValue(500);
    assertThat(backlog.bytes()).isEqualTo(7 * 500);
  }
}
