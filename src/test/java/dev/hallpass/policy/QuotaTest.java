package dev.hallpass.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.api.v1alpha1.CredentialLeaseStatus;
import dev.hallpass.api.v1alpha1.CredentialPolicySpec.Limits;
import dev.hallpass.api.v1alpha1.CredentialPolicySpec.Rate;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The pod that asks is {@code me}; it asks for {@code writer} of {@code pg} at 10:30:00. */
class QuotaTest {
  private static final Limits TWO = new Limits(null, null, 2, null);
  private static final Limits TWO_A_MINUTE = new Limits(null, null, null, new Rate(2, "1m"));

  private static CredentialLease lease(String pod, String phase, String made) {
    return lease(pod, phase, made, "writer");
  }

  private static CredentialLease lease(String pod, String phase, String made, String access) {
    return Serialization.unmarshal(
        """
        metadata: {name: %1$s-db-1, namespace: shop, creationTimestamp: "2026-03-02T%3$sZ"}
        spec:
          credential: db
          pod: {name: %1$s, uid: %1$s, serviceAccountName: orders}
          providerRef: {kind: ClusterCredentialProvider, name: pg}
          access: %4$s
        %2$s
        """
            .formatted(
                pod,
                phase.equals("Pending")
                    ? ""
                    : "status: {phase: %s, activatedAt: \"2026-03-02T10:29:00Z\"}".formatted(phase),
                made,
                access),
        CredentialLease.class);
  }

  private static List<String> issuing(Limits limits, CredentialLease... made) {
    return holding(limits, null, made);
  }

  private static List<String> holding(
      Limits limits, @Nullable CredentialLease lease, CredentialLease... made) {
    var facts = PolicyScene.about("me", Instant.parse("2026-03-02T10:30:00Z"), lease, made);
    return new Quota(facts).reached(limits).stream().map(r -> r.reason().name()).toList();
  }

  @Test
  void aWorkloadHoldsNoMoreThanItMay() {
    var one = lease("a", "Active", "09:00:00");
    assertThat(issuing(TWO, one)).isEmpty();
    assertThat(issuing(TWO, one, lease("b", "Active", "09:00:00"))).containsExactly("LeaseLimit");
    assertThat(issuing(TWO, one, lease("b", "Pending", "09:00:00"))).containsExactly("LeaseLimit");
    assertThat(issuing(TWO, one, lease("b", "Revoking", "09:00:00"))).containsExactly("LeaseLimit");
  }

  @Test
  void whatHasEndedOrIsOfAnotherLevelDoesNotCount() {
    assertThat(
            issuing(
                TWO,
                lease("a", "Active", "09:00:00"),
                lease("b", "Revoked", "09:00:00"),
                lease("c", "Active", "09:00:00", "reader")))
        .isEmpty();
  }

  @Test
  void aPodThatRotatesCountsOnce() {
    var rotating = lease("a", "Active", "09:00:00");
    var next = lease("a", "Pending", "10:00:00");
    next.getMetadata().setName("a-db-2");
    assertThat(issuing(TWO, rotating, next)).isEmpty();
  }

  @Test
  void whoeverHeldItsLeaseIsNotAskedAgain() {
    var mine = lease("me", "Active", "10:00:00");
    var full = List.of(lease("a", "Active", "09:00:00"), lease("b", "Active", "09:00:00"));
    var all = Stream.concat(Stream.of(mine), full.stream()).toArray(CredentialLease[]::new);

    assertThat(issuing(TWO, all)).as("it restarts").isEmpty();
    assertThat(holding(TWO, mine, all)).as("it renews").isEmpty();
    var restarted = lease("me", "Pending", "10:00:00");
    restarted.setStatus(
        Serialization.unmarshal(
            "phase: Pending\nactivatedAt: '2026-03-02T10:29:00Z'", CredentialLeaseStatus.class));
    assertThat(holding(TWO, restarted, restarted, full.getFirst(), full.getLast()))
        .as("it has restarted")
        .isEmpty();
  }

  /** Each saw room for itself, and made its lease. */
  @Test
  void ofThoseMadeAtTheSameMomentTheFirstAreLetThrough() {
    var a = lease("a", "Pending", "10:29:59");
    var b = lease("b", "Pending", "10:29:59");
    var mine = lease("me", "Pending", "10:29:59");
    var later = lease("z", "Pending", "10:29:59");

    assertThat(holding(TWO, mine, mine, a, later)).isEmpty();
    assertThat(holding(TWO, mine, mine, a, b)).containsExactly("LeaseLimit");
    assertThat(holding(TWO, mine, mine, a, lease("z", "Active", "10:29:59")))
        .as("who was let through is not asked to leave again")
        .containsExactly("LeaseLimit");
    assertThat(issuing(TWO, mine, a, b))
        .as("it asks for the same again")
        .containsExactly("LeaseLimit");
    assertThat(holding(TWO_A_MINUTE, mine, mine, a, later)).isEmpty();
    assertThat(holding(TWO_A_MINUTE, mine, mine, a, b)).containsExactly("RateLimit");
  }

  @Test
  void aWorkloadIsGivenNoMoreThanItMayInATime() {
    assertThat(
            issuing(
                TWO_A_MINUTE, lease("a", "Active", "10:29:00"), lease("b", "Revoked", "10:29:01")))
        .isEmpty();
    assertThat(
            issuing(
                TWO_A_MINUTE,
                lease("a", "Revoked", "10:29:10"),
                lease("me", "Revoked", "10:29:20")))
        .as("ended ones count, of the pod itself too")
        .containsExactly("RateLimit");
  }

  @Test
  void nobodyLooksAtLeasesWithoutALimitOrAfterwards() {
    var facts =
        PolicyScene.about(
            Instant.EPOCH,
            lease("me", "Active", "10:00:00"),
            () -> {
              throw new AssertionError("listed");
            });
    assertThat(new Quota(facts).reached(TWO)).isEmpty();
    assertThat(
            new Quota(PolicyScene.about(Instant.EPOCH, null, facts.made()))
                .reached(new Limits("15m", null, null, null)))
        .isEmpty();
  }
}
