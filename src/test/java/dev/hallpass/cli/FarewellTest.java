package dev.hallpass.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpClient;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class FarewellTest {

  /** In a group of its own, as if it were the process: other tests keep their clients. */
  @Test
  void theHttpClientListensNoMore() {
    var ended =
        CompletableFuture.supplyAsync(
            FarewellTest::endsListening,
            task -> new Thread(new ThreadGroup("process"), task).start());

    assertThat(ended).succeedsWithin(Duration.ofSeconds(10)).isEqualTo(true);
  }

  private static boolean endsListening() {
    try (var client = HttpClient.newHttpClient()) {
      Farewell.hangUp();
      return client.isTerminated();
    }
  }
}
