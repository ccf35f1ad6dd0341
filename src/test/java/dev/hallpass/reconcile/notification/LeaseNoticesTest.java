package dev.hallpass.reconcile.notification;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.notification.Notice;
import dev.hallpass.notification.Occasion;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LeaseNoticesTest {
  private static final String LEASE =
      """
      metadata: {name: orders-1-db, namespace: shop, uid: lease-1, creationTimestamp: "2026-03-14T15:00:00Z"}
      spec:
        requestRef: {name: orders-db, uid: request-1}
        credential: db
        pod: {name: orders-1, uid: pod-1, serviceAccountName: orders}
        providerRef: {kind: CredentialProvider, name: orders-postgres}
        access: writer
        ttl: 15m
        maxLifetime: 24h
        mode: Sidecar
        owner: team-orders
        purpose: repair orders
      status:
      """;
  private static final String APPROVAL =
      """
        approval:
          policies: [{name: writers, needed: 2, approvedBy: [grace]}]
          digest: 0a1b
          deadline: "2026-03-14T16:00:00Z"
      """;

  @Test
  void saysNothingOfALeaseThatNobodyIsAskedAbout() {
    assertThat(notices("  phase: Active\n")).isEmpty();
    assertThat(LeaseNotices.of(Serialization.unmarshal(LEASE, CredentialLease.class))).isEmpty();
  }

  @Test
  void tellsWhoIsAskedAndForWhat() {
    var notice = notices("  phase: AwaitingApproval\n" + APPROVAL).getFirst();

    assertThat(notice.occasion()).isEqualTo(Occasion.APPROVAL_AWAITED);
    assertThat(notice.since()).isEqualTo(Instant.parse("2026-03-14T15:00:00Z"));
    assertThat(notice.subject()).isEqualTo("shop/credentialleases/orders-1-db");
    assertThat(notice.data())
        .containsEntry("owner", "team-orders")
        .containsEntry("purpose", "repair orders")
        .containsEntry("access", "writer")
        .containsEntry("deadline", "2026-03-14T16:00:00Z")
        .containsEntry(
            "policies",
            List.of(Map.of("name", "writers", "approvals", 2, "approvedBy", List.of("grace"))));
  }

  @Test
  void tellsThatItWasApproved() {
    assertThat(
            notices("  phase: Active\n" + APPROVAL + "    approvedAt: \"2026-03-14T15:20:00Z\"\n"))
        .extracting(Notice::occasion)
        .containsExactly(Occasion.APPROVAL_GRANTED);
  }

  @Test
  void tellsThatItWasDeniedAndWhy() {
    for (var by : List.of("ApprovalDenied", "ApprovalTimedOut")) {
      var notices =
          notices(
              "  phase: Denied\n  endedBy: %s\n  endedAt: \"2026-03-14T15:20:00Z\"\n".formatted(by)
                  + APPROVAL);

      assertThat(notices).extracting(Notice::occasion).containsExactly(Occasion.APPROVAL_DENIED);
      assertThat(notices.getFirst().data()).containsEntry("endedBy", by);
    }
  }

  @Test
  void tellsNoMoreOfOneThatEndsLaterForAnotherReason() {
    assertThat(
            notices(
                "  phase: Revoked\n  endedBy: PodCompleted\n  endedAt: \"2026-03-14T15:40:00Z\"\n"
                    + APPROVAL
                    + "    approvedAt: \"2026-03-14T15:20:00Z\"\n"))
        .extracting(Notice::occasion)
        .containsExactly(Occasion.APPROVAL_GRANTED);
  }

  private static List<Notice> notices(String status) {
    return LeaseNotices.of(Serialization.unmarshal(LEASE + status, CredentialLease.class))
        .map(Due::notice)
        .toList();
  }
}
