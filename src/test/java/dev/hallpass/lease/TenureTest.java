package dev.hallpass.lease;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.api.v1alpha1.CredentialLeaseSpec;
import dev.hallpass.api.v1alpha1.CredentialLeaseSpec.PodRef;
import dev.hallpass.api.v1alpha1.CredentialLeaseSpec.RequestRef;
import dev.hallpass.api.v1alpha1.CredentialProviderSpec;
import dev.hallpass.api.v1alpha1.CredentialProviderSpec.AccessLevel;
import dev.hallpass.api.v1alpha1.CredentialRequest;
import dev.hallpass.api.v1alpha1.CredentialRequestSpec.RequestedCredential;
import dev.hallpass.api.v1alpha1.Delivery;
import dev.hallpass.api.v1alpha1.Delivery.Mode;
import dev.hallpass.api.v1alpha1.Delivery.Rotation;
import dev.hallpass.api.v1alpha1.ProviderRef;
import dev.hallpass.policy.Durations;
import dev.hallpass.policy.IssueDecision.Allow;
import dev.hallpass.provider.Renewal;
import dev.hallpass.provider.Target;
import dev.hallpass.wire.LeaseAnswer.Next;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A lease of noon that may live for an hour, at a ttl of 15 minutes. */
class TenureTest {
  private static final ProviderRef PROVIDER =
      new ProviderRef(ProviderRef.Kind.CredentialProvider, "pg");
  private static final AccessLevel READER = new AccessLevel("reader", "1h", "1h", null, null);

  @ParameterizedTest
  @CsvSource({
    "Sidecar, Extend,     , 12:15, Renew",
    "Sidecar, Extend,     , 12:48, Renew",
    "Sidecar, Extend,     , 12:49, Reissue",
    "Sidecar, Extend,     , 13:00, Reissue",
    "Sidecar, Extend,  20m, 12:19, Renew",
    "Sidecar, Extend,  20m, 12:20, Reissue",
    "Sidecar, Extend,  12h, 12:48, Renew",
    "Sidecar, Reissue,    , 12:15, Reissue",
    "Init,    Extend,     , 12:15, Keep",
    "Init,    Reissue,    , 12:15, Keep",
  })
  void saysWhatThePodDoesBeforeTheExpiry(
      Mode mode, Renewal renewal, @Nullable String after, String expiry, Next next) {
    var tenure = tenure(mode, renewal, after == null ? null : new Rotation(after, null), "15m");

    assertThat(tenure.next(at(expiry))).isEqualTo(next);
  }

  @ParameterizedTest
  @CsvSource({
    "15m, , 120",
    "4m, , 60",
    "1m, , 15",
    "15m, 30s, 30",
    "15m, 3m45s, 225",
  })
  void theOverlapFitsIntoWhatIsLeft(String ttl, @Nullable String asked, long seconds) {
    var rotation = asked == null ? null : new Rotation(null, asked);

    assertThat(tenure(Mode.Sidecar, Renewal.Extend, rotation, ttl).overlap())
        .isEqualTo(Duration.ofSeconds(seconds));
  }

  @Test
  void nothingOutlivesTheLifetime() {
    var tenure = tenure(Mode.Sidecar, Renewal.Extend, null, "15m");

    assertThat(tenure.ends(at("12:10"))).isEqualTo(at("12:25"));
    assertThat(tenure.ends(at("12:50"))).isEqualTo(at("13:00"));
    assertThat(tenure.lastsAt(at("12:45"))).isTrue();
    assertThat(tenure.lastsAt(at("12:46"))).isFalse();
  }

  /** Whenever a pod comes back within the agent's jitter, the overlap is still left to the old. */
  @Test
  void whoeverComesBackInTimeHasTheWholeOverlap() {
    for (var lifetime = 15; lifetime <= 120; lifetime++) {
      for (var jitter = 60; jitter <= 74; jitter++) {
        var tenure =
            tenure(Mode.Sidecar, Renewal.Extend, null, "15m", Duration.ofMinutes(lifetime));
        var expiry = tenure.ends(at("12:00"));
        var now = at("12:00");
        while (tenure.next(expiry) == Next.Renew) {
          now = now.plus(Duration.between(now, expiry).multipliedBy(jitter).dividedBy(100));
          expiry = tenure.ends(now);
        }
        now = now.plus(Duration.between(now, expiry).multipliedBy(jitter).dividedBy(100));

        assertThat(now.plus(tenure.overlap())).isBeforeOrEqualTo(expiry);
      }
    }
  }

  private static Instant at(String time) {
    return Instant.parse("2026-01-01T%s:00Z".formatted(time));
  }

  private static Tenure tenure(
      Mode mode, Renewal renewal, @Nullable Rotation rotation, String ttl) {
    return tenure(mode, renewal, rotation, ttl, Duration.ofHours(1));
  }

  private static Tenure tenure(
      Mode mode, Renewal renewal, @Nullable Rotation rotation, String ttl, Duration lifetime) {
    var pod = new PodRef("orders-1", "pod-1", "orders", "node-1");
    var lease = new CredentialLease();
    lease.setMetadata(
        new ObjectMetaBuilder().withCreationTimestamp(at("12:00").toString()).build());
    lease.setSpec(
        new CredentialLeaseSpec(
            new RequestRef("db", "request-1"),
            "db",
            pod,
            PROVIDER,
            "reader",
            ttl,
            "1h",
            mode,
            "team-orders",
            "test",
            null,
            null));
    var credential =
        new RequestedCredential(
            "db",
            PROVIDER,
            "reader",
            ttl,
            null,
            new Delivery(mode, null, List.of(), rotation, null));
    var target =
        new Target("pg", new CredentialProviderSpec(null, null, null, List.of(READER)), Map.of());
    var allowed = new Allow(READER, Durations.parse(ttl), lifetime);
    return new Tenure(
        new Claim(pod, Instant.EPOCH, new CredentialRequest(), credential, target, allowed),
        lease,
        renewal);
  }
}
