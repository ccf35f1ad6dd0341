package dev.hallpass.kube;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class RecentTest {
  private Instant now = Instant.parse("2026-11-25T10:00:00Z");
  private final Clock clock = ((InstantSource) () -> now).withZone(ZoneOffset.UTC);
  private final Recent<String> recent = new Recent<>(2, Duration.ofSeconds(5), clock);

  @Test
  void remembersForAWhile() {
    recent.put("a", "1");

    now = now.plusMillis(4999);
    assertThat(recent.get("a")).contains("1");

    now = now.plusMillis(1);
    assertThat(recent.get("a")).isEmpty();
    assertThat(recent.take("a")).isEmpty();
  }

  @Test
  void whatIsTakenIsForgotten() {
    recent.put("a", "1");

    assertThat(recent.take("a")).contains("1");
    assertThat(recent.take("a")).isEmpty();
  }

  @Test
  void aNewValueStartsAnew() {
    recent.put("a", "1");
    recent.put("b", "1");
    now = now.plusSeconds(4);
    recent.put("a", "2");

    now = now.plusSeconds(4);
    assertThat(recent.get("a")).contains("2");
    assertThat(recent.get("b")).isEmpty();
  }

  @Test
  void theOldestGoesWhereThereAreTooMany() {
    recent.put("a", "1");
    recent.put("b", "2");
    recent.put("c", "3");

    assertThat(recent.get("a")).isEmpty();
    assertThat(recent.get("b")).contains("2");
    assertThat(recent.get("c")).contains("3");
  }
}
