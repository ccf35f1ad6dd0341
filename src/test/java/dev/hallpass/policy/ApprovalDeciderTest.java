package dev.hallpass.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hallpass.api.v1alpha1.CredentialApproval;
import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.api.v1alpha1.CredentialRequest;
import dev.hallpass.policy.ApprovalDecision.Given;
import dev.hallpass.policy.ApprovalDecision.Missing;
import dev.hallpass.policy.ApprovalDecision.Refused;
import dev.hallpass.policy.ApprovalDecision.Tally;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ApprovalDeciderTest {
  private static final Instant NOW = Instant.parse("2026-03-02T10:00:00Z");
  private static final String OTHER = "sha256:" + "0".repeat(64);
  private static final String LEASE = "lease-1";
  private static final String POD = "pod-1";

  private final CredentialRequest request = request("team-orders", "build invoices");

  private static CredentialRequest request(String owner, String purpose) {
    return Serialization.unmarshal(
        """
        metadata:
          name: orders
          namespace: shop
          uid: request-1
          annotations: {hallpass.dev/created-by: carol, hallpass.dev/changed-by: chris}
        spec:
          workload: {serviceAccountName: orders, selector: {matchLabels: {app: orders, tier: web}}}
          owner: %s
          purpose: %s
          credentials:
          - name: db
            providerRef: {kind: ClusterCredentialProvider, name: pg}
            access: writer
            ttl: 30m
            delivery: {mode: Sidecar, files: [{path: db.env, format: Env}]}
        """
            .formatted(owner, purpose),
        CredentialRequest.class);
  }

  private static ApprovalDemand demand(String policy, int needed) {
    return demand(policy, needed, "2026-01-01T00:00:00Z");
  }

  private static ApprovalDemand demand(String policy, int needed, String since) {
    return new ApprovalDemand(policy, 1, Instant.parse(since), needed, Duration.ofHours(1));
  }

  private String digest() {
    return Ask.digest(request, request.getSpec().credentials().getFirst());
  }

  private CredentialApproval approval(String decision, String user, String policies) {
    return approval(
        decision, "Lease", user, policies, digest(), LEASE, POD, "2026-03-02T12:00:00Z");
  }

  private static CredentialApproval approval(
      String decision,
      String scope,
      String user,
      String policies,
      String digest,
      String leaseUid,
      String podUid,
      String until) {
    return Serialization.unmarshal(
        """
        metadata: {name: %2$s, creationTimestamp: "2026-03-02T09:00:00Z"}
        spec:
          leaseRef: {name: orders-1-db-1, uid: %5$s}
          decision: %1$s
          scope: %8$s
          stamp:
            approver: {username: %2$s, groups: ["team-%2$s", "system:authenticated"]}
            time: "2026-03-02T09:00:00Z"
            policies: [%3$s]
            digest: "%4$s"
            leaseUid: %5$s
            podUid: %6$s
            until: "%7$s"
        """
            .formatted(decision, user, policies, digest, leaseUid, podUid, until, scope),
        CredentialApproval.class);
  }

  private static CredentialLease lease(String uid, String replaces) {
    return Serialization.unmarshal(
        """
        metadata: {name: orders-1-db-1, namespace: shop, uid: %s}
        spec: {credential: db%s}
        """
            .formatted(
                uid,
                replaces.isEmpty()
                    ? ""
                    : ", replaces: {lease: %s, overlap: 1m}".formatted(replaces)),
        CredentialLease.class);
  }

  private ApprovalDecision decide(List<ApprovalDemand> demands, CredentialApproval... given) {
    return decide(demands, lease(LEASE, ""), POD, given);
  }

  private ApprovalDecision decide(
      List<ApprovalDemand> demands,
      @Nullable CredentialLease lease,
      String pod,
      CredentialApproval... given) {
    return ApprovalDecider.decide(
        demands,
        List.of(given),
        new ApprovalDecider.Subject(
            request, request.getSpec().credentials().getFirst(), pod, lease, NOW));
  }

  private static List<List<String>> approvers(ApprovalDecision decision) {
    return switch (decision) {
      case Given(var tallies) -> tallies.stream().map(Tally::approvers).toList();
      case Missing(var tallies) -> tallies.stream().map(Tally::approvers).toList();
      case Refused refused -> List.of();
    };
  }

  @Test
  void whereNobodyIsAskedNobodyIsNeeded() {
    assertThat(decide(List.of())).isEqualTo(new Given(List.of()));
  }

  @Test
  void whereOneIsAskedNobodyHasAnswered() {
    var decision = decide(List.of(demand("p", 1)));

    assertThat(decision).isEqualTo(new Missing(List.of(new Tally(demand("p", 1), List.of()))));
    assertThat(((Missing) decision).sentence())
        .isEqualTo("CredentialPolicy p has 0 of 1 approvals");
  }

  @Test
  void peopleCountOnceHoweverOftenTheySayYes() {
    var twice =
        decide(
            List.of(demand("p", 2)),
            approval("Approve", "ann", "p"),
            approval("Approve", "ann", "p"));
    var both =
        decide(
            List.of(demand("p", 2)),
            approval("Approve", "bob", "p"),
            approval("Approve", "ann", "p"));

    assertThat(twice).isInstanceOf(Missing.class);
    assertThat(approvers(twice)).containsExactly(List.of("ann"));
    assertThat(both).isInstanceOf(Given.class);
    assertThat(approvers(both)).containsExactly(List.of("ann", "bob"));
  }

  @Test
  void everyPolicyHasItsOwnPeople() {
    var demands = List.of(demand("p", 1), demand("q", 1));

    var half = decide(demands, approval("Approve", "ann", "p"));
    var whole = decide(demands, approval("Approve", "ann", "p"), approval("Approve", "bob", "q"));
    var one = decide(demands, approval("Approve", "ann", "p, q"));

    assertThat(approvers(half)).containsExactly(List.of("ann"), List.of());
    assertThat(((Missing) half).sentence()).isEqualTo("CredentialPolicy q has 0 of 1 approvals");
    assertThat(whole).isInstanceOf(Given.class);
    assertThat(one).isInstanceOf(Given.class);
  }

  /** All approvals here are of nine o'clock. */
  @Test
  void aPolicyThatWasMadeAnewAsksAnew() {
    var anew = List.of(demand("p", 1, "2026-03-02T09:00:01Z"));
    var forAll =
        approval("Approve", "Workload", "ann", "p", digest(), LEASE, POD, "2026-03-20T12:00:00Z");

    assertThat(decide(anew, approval("Approve", "ann", "p"))).isInstanceOf(Missing.class);
    assertThat(
            decide(
                List.of(demand("p", 1, "2026-03-02T09:00:00Z")), approval("Approve", "ann", "p")))
        .as("made in the same second")
        .isInstanceOf(Given.class);
    assertThat(decide(anew, null, "pod-2", forAll)).isInstanceOf(Missing.class);
    assertThat(decide(List.of(demand("p", 1)), null, "pod-2", forAll)).isInstanceOf(Given.class);
    assertThat(decide(anew, approval("Deny", "bob", "p")))
        .as("a no to the policy of that name stays one")
        .isInstanceOf(Refused.class);
  }

  @Test
  void aProviderThatWasMadeAnewIsAskedAboutAnew() {
    var asked = demand("p", 1);
    var anew = asked.notBefore(Instant.parse("2026-03-02T09:00:01Z"));

    assertThat(decide(List.of(anew), approval("Approve", "ann", "p"))).isInstanceOf(Missing.class);
    assertThat(decide(List.of(anew), approval("Deny", "bob", "p"))).isInstanceOf(Refused.class);
    assertThat(asked.notBefore(Instant.parse("2025-01-01T00:00:00Z")))
        .as("it was there before the policy")
        .isEqualTo(asked);
  }

  @Test
  void oneNoOutweighsEveryYes() {
    assertThat(
            decide(
                List.of(demand("p", 1)),
                approval("Approve", "ann", "p"),
                approval("Deny", "bob", "p")))
        .isEqualTo(new Refused("bob", demand("p", 1), "bob said no for CredentialPolicy p"));
    assertThat(decide(List.of(demand("p", 1)), approval("Deny", "bob", "q")))
        .as("who speaks for another policy")
        .isInstanceOf(Missing.class);
  }

  @ParameterizedTest
  @CsvSource({
    "ann, true",
    "carol, false",
    "chris, false",
    "team-orders, false",
    "orders, false",
    "system:serviceaccount:shop:orders, false",
    "system:serviceaccount:shop:other, true",
  })
  void nobodyApprovesWhatTheyAskedFor(String user, boolean counts) {
    assertThat(decide(List.of(demand("p", 1)), approval("Approve", user, "p")))
        .isInstanceOf(counts ? Given.class : Missing.class);
  }

  @Test
  void whereNobodyKnowsWhoAskedNobodyApproves() {
    request.getMetadata().setAnnotations(null);

    assertThat(decide(List.of(demand("p", 1)), approval("Approve", "ann", "p")))
        .isInstanceOf(Missing.class);
  }

  @Test
  void whatIsNotStampedCountsForNothing() {
    var bare = approval("Approve", "ann", "p");
    bare.setSpec(
        Serialization.unmarshal(
                "spec: {leaseRef: {name: a, uid: b}, decision: Approve, scope: Lease}",
                CredentialApproval.class)
            .getSpec());

    assertThat(decide(List.of(demand("p", 1)), bare)).isInstanceOf(Missing.class);
  }

  @Test
  void whatIsBeingDeletedCountsForNothing() {
    var going = approval("Approve", "ann", "p");
    going.getMetadata().setDeletionTimestamp("2026-03-02T09:30:00Z");

    assertThat(decide(List.of(demand("p", 1)), going)).isInstanceOf(Missing.class);
  }

  /** What an approval speaks of, and when it counts. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      textBlock =
          """
          # scope   | digest | lease   | pod   | until                | of lease | replaces | of pod | counts
          Lease     | same   | lease-1 | pod-1 | 2026-03-02T12:00:00Z | lease-1  |          | pod-1  | true
          Lease     | other  | lease-1 | pod-1 | 2026-03-02T12:00:00Z | lease-1  |          | pod-1  | false
          Lease     | same   | lease-1 | pod-1 | 2026-03-02T09:59:00Z | lease-1  |          | pod-1  | true
          Lease     | same   | lease-1 | pod-1 | 2026-03-02T12:00:00Z | lease-2  |          | pod-1  | false
          Lease     | same   | lease-1 | pod-1 | 2026-03-02T12:00:00Z | lease-2  | lease-1  | pod-1  | true
          Lease     | same   | lease-1 | pod-1 | 2026-03-02T10:00:00Z | lease-2  | lease-1  | pod-1  | false
          Lease     | same   | lease-1 | pod-1 | 2026-03-02T12:00:00Z | lease-2  | lease-1  | pod-2  | false
          Lease     | same   | lease-1 | pod-1 | 2026-03-02T12:00:00Z | -        |          | pod-1  | false
          Workload  | same   | lease-1 | pod-1 | 2026-03-02T12:00:00Z | lease-9  |          | pod-9  | true
          Workload  | same   | lease-1 | pod-1 | 2026-03-02T12:00:00Z | -        |          | pod-9  | true
          Workload  | same   | lease-1 | pod-1 | 2026-03-02T10:00:00Z | lease-1  |          | pod-1  | false
          Workload  | other  | lease-1 | pod-1 | 2026-03-02T12:00:00Z | lease-1  |          | pod-1  | false
          """)
  void countsWhereItSpeaksOfWhatIsAsked(
      String scope,
      String digest,
      String lease,
      String pod,
      String until,
      @Nullable String ofLease,
      @Nullable String replaces,
      String ofPod,
      boolean counts) {
    var approval =
        approval(
            "Approve",
            scope,
            "ann",
            "p",
            "same".equals(digest) ? digest() : OTHER,
            lease,
            pod,
            until);

    assertThat(
            decide(
                List.of(demand("p", 1)),
                ofLease == null ? null : lease(ofLease, replaces == null ? "" : replaces),
                ofPod,
                approval))
        .isInstanceOf(counts ? Given.class : Missing.class);
  }

  /** Whoever gets rid of the webhook may write any time into their own stamp. */
  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      textBlock =
          """
          2026-02-01T10:00:00Z, true
          2026-01-31T10:00:00Z, false
          2026-01-01T10:00:00Z, false
          -,                    false
          """)
  void aYesToAWorkloadNeedsAnotherLookInThirtyDays(@Nullable String made, boolean counts) {
    var forEver =
        approval("Approve", "Workload", "ann", "p", digest(), LEASE, POD, "2099-01-01T00:00:00Z");
    forEver.getMetadata().setCreationTimestamp(made);

    assertThat(decide(List.of(demand("p", 1)), forEver))
        .isInstanceOf(counts ? Given.class : Missing.class);
  }

  @Test
  void aStampOfAnotherLeaseThanTheOneThatWasReadCountsForNothing() {
    var yes = approval("Approve", "ann", "p");
    var other =
        Serialization.unmarshal(
            Serialization.asYaml(yes).replace("uid: \"lease-1\"", "uid: \"lease-0\""),
            CredentialApproval.class);

    assertThat(other.getSpec().leaseRef().uid()).isEqualTo("lease-0");
    assertThat(decide(List.of(demand("p", 1)), other)).isInstanceOf(Missing.class);
  }

  @Test
  void aChangedRequestIsAnotherAsk() {
    var asked = digest();
    var same = request("team-orders", "build invoices");
    same.getMetadata().setResourceVersion("7");
    same.getMetadata().setLabels(Map.of("a", "b"));

    assertThat(digest(same)).isEqualTo(asked);
    assertThat(
            Stream.of(request("team-other", "build invoices"), request("team-orders", "sell data"))
                .map(ApprovalDeciderTest::digest))
        .doesNotContain(asked)
        .doesNotHaveDuplicates();
  }

  private static String digest(CredentialRequest of) {
    return Ask.digest(of, of.getSpec().credentials().getFirst());
  }
}
