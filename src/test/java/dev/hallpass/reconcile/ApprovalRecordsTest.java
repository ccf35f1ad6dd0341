package dev.hallpass.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hallpass.api.v1alpha1.CredentialApproval;
import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.audit.AuditEvent.Approval;
import dev.hallpass.reconcile.view.ClusterView;
import dev.hallpass.testing.RecordedAudit;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The caches are empty: every lease is looked up. */
class ApprovalRecordsTest {
  private static final CredentialApproval YES =
      Serialization.unmarshal(
          """
          metadata: {name: ann, namespace: shop, uid: a-1}
          spec:
            leaseRef: {name: orders-db-1}
            decision: Approve
            scope: Lease
            stamp:
              approver: {username: ann}
              leaseUid: b8a3c1f0-0000-4000-8000-000000000001
              digest: d
              policies: [asks]
              time: "2026-01-01T10:00:00Z"
              until: "2026-01-01T11:00:00Z"
          """,
          CredentialApproval.class);

  private final RecordedAudit audit = new RecordedAudit();
  private final KubernetesClient client = new KubernetesClientBuilder().build();
  private final ClusterView view = new ClusterView(client, "hallpass-system");
  private Optional<CredentialLease> lease = Optional.empty();
  private boolean answers = true;
  private ApprovalRecords records;

  @BeforeEach
  void setUp() {
    records = new ApprovalRecords(view, (namespace, name) -> read(), audit);
    records.begin();
  }

  @AfterEach
  void tearDown() {
    view.close();
    client.close();
  }

  private Optional<CredentialLease> read() {
    if (!answers) {
      throw new KubernetesClientException("the API server does not answer");
    }
    return lease;
  }

  private static Optional<CredentialLease> lease(String uid) {
    return Optional.of(
        Serialization.unmarshal(
            """
            metadata: {name: orders-db-1, namespace: shop, uid: %s}
            spec:
              pod: {name: orders-1, uid: p-1, serviceAccountName: orders}
              requestRef: {name: db, uid: r-1}
              credential: db
              providerRef: {kind: CredentialProvider, name: pg}
              access: reader
              owner: team-orders
              purpose: orders
            """
                .formatted(uid),
            CredentialLease.class));
  }

  @Test
  void tellsOnceTheLeaseCanBeRead() {
    lease = lease("b8a3c1f0-0000-4000-8000-000000000001");
    answers = false;
    records.onAdd(YES);
    records.again();
    assertThat(audit.said()).isEmpty();

    answers = true;
    records.again();
    records.again();
    records.onUpdate(YES, YES);

    assertThat(audit.said(Approval.class)).extracting(Approval::uid).containsExactly("a-1");
  }

  /** Somebody said yes, and that it was taken back does not undo it. */
  @Test
  void tellsOfOneThatWasDeletedMeanwhile() {
    lease = lease("b8a3c1f0-0000-4000-8000-000000000001");
    answers = false;
    records.onAdd(YES);
    records.onDelete(YES, false);

    answers = true;
    records.again();

    assertThat(audit.said(Approval.class)).hasSize(1);
  }

  @Test
  void isNotMisledByAnotherLeaseOfTheName() {
    lease = lease("l-2");
    records.onAdd(YES);
    assertThat(audit.said()).isEmpty();

    lease = lease("b8a3c1f0-0000-4000-8000-000000000001");
    records.onUpdate(YES, YES);

    assertThat(audit.said(Approval.class)).hasSize(1);
  }
}
