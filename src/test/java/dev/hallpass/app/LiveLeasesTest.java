package dev.hallpass.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.api.v1alpha1.CredentialLeaseStatus;
import dev.hallpass.api.v1alpha1.CredentialLeaseStatus.LeasePhase;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LiveLeasesTest {

  @ParameterizedTest
  @EnumSource(
      value = LeasePhase.class,
      names = {"AwaitingApproval", "Pending", "Active", "Revoking"})
  void countsWhatIsNotOver(LeasePhase phase) {
    var count = new LiveLeases.Count();
    count.add(lease("shop", phase));
    count.add(lease("shop", phase));
    count.add(lease("billing", phase));

    assertThat(count.counted())
        .isEqualTo(new LiveLeases(Map.of("shop", 2, "billing", 1)))
        .hasToString("3 leases are not over: 2 in shop, 1 in billing");
  }

  /** As one is that was written a moment ago. */
  @Test
  void oneWithoutAStatusIsLive() {
    var lease = lease("shop", LeasePhase.Pending);
    lease.setStatus(null);
    var count = new LiveLeases.Count();
    count.add(lease);

    assertThat(count.counted()).hasToString("1 lease is not over: 1 in shop");
  }

  @ParameterizedTest
  @EnumSource(
      value = LeasePhase.class,
      names = {"Revoked", "Denied"})
  void countsNoneThatIsOver(LeasePhase phase) {
    var count = new LiveLeases.Count();
    count.add(lease("shop", phase));

    assertThat(count.counted().none()).isTrue();
  }

  @Test
  void namesTheFullestNamespacesAndCountsTheOthers() {
    var counts = new TreeMap<String, Integer>();
    for (var i = 1; i <= 10; i++) {
      counts.put("team-" + i, i);
    }

    assertThat(new LiveLeases(counts))
        .hasToString(
            "55 leases are not over: 10 in team-10, 9 in team-9, 8 in team-8, 7 in team-7,"
                + " 6 in team-6, 5 in team-5, 4 in team-4, 3 in team-3, the others in 2 more");
  }

  private static CredentialLease lease(String namespace, LeasePhase phase) {
    var lease = new CredentialLease();
    lease.setMetadata(new ObjectMetaBuilder().withName("a").withNamespace(namespace).build());
    lease.setStatus(
        new CredentialLeaseStatus(phase, 1L, null, null, null, null, null, null, null, null));
    return lease;
  }
}
