package dev.hallpass.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HeraldTest {
  private static final CredentialName NAME = new CredentialName("orders-db", "db");

  private final TestClock clock = new TestClock();
  private final TestApp app = new TestApp();
  private final ByteArrayOutputStream lines = new ByteArrayOutputStream();
  private final Log log = new Log(new PrintStream(lines, true, StandardCharsets.UTF_8), clock);

  @AfterEach
  void stop() {
    app.close();
  }

  @Test
  void tellsWithoutABody() {
    var herald = herald(List.of(app.notification()));
    assertThat(herald.due()).isEqualTo(Instant.MAX);

    herald.filesChanged();
    assertThat(herald.due()).isEqualTo(clock.instant());
    herald.tell();

    assertThat(app.calls).containsExactly("POST /reload ");
    assertThat(herald.due()).isEqualTo(Instant.MAX);
    assertThat(lines.toString(StandardCharsets.UTF_8)).isEmpty();
  }

  @Test
  void triesAgainWithGrowingWaitsAndThenLetsGo() {
    app.status = 500;
    var herald = herald(List.of(app.notification()));
    herald.filesChanged();
    var waits = new ArrayList<Duration>();

    while (!herald.due().equals(Instant.MAX)) {
      waits.add(Duration.between(clock.instant(), herald.due()));
      clock.set(herald.due());
      herald.tell();
    }

    assertThat(waits).extracting(Duration::toSeconds).containsExactly(0L, 1L, 2L, 4L, 8L, 16L);
    assertThat(app.calls).hasSize(6);
    assertThat(lines.toString(StandardCharsets.UTF_8).lines())
        .hasSize(2)
        .allMatch(l -> l.contains("reason=\"NotificationFailed\""))
        .last()
        .asString()
        .contains("is not any more");
  }

  @Test
  void startsAnewWhenTheFilesChangeAgain() {
    app.status = 500;
    var herald = herald(List.of(app.notification()));
    herald.filesChanged();
    herald.tell();
    app.status = 200;

    herald.filesChanged();
    herald.tell();

    assertThat(app.calls).hasSize(2);
    assertThat(herald.due()).isEqualTo(Instant.MAX);
  }

  @Test
  void tellsNobodyWhereNobodyIsNamed() {
    var herald = herald(List.of());

    herald.filesChanged();

    assertThat(herald.due()).isEqualTo(Instant.MAX);
  }

  private Herald herald(List<Notification> notifications) {
    return new Herald(NAME, notifications, new Notifier(Path.of("/proc")), log, clock);
  }
}
