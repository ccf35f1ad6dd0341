package dev.hallpass.lease;

import static dev.hallpass.api.v1alpha1.CredentialLeaseStatus.LeasePhase.Active;
import static dev.hallpass.api.v1alpha1.CredentialLeaseStatus.LeasePhase.Pending;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.api.v1alpha1.CredentialLeaseSpec.PodRef;
import dev.hallpass.api.v1alpha1.CredentialLeaseSpec.Replaced;
import dev.hallpass.api.v1alpha1.CredentialLeaseStatus;
import dev.hallpass.api.v1alpha1.CredentialLeaseStatus.LeasePhase;
import dev.hallpass.api.v1alpha1.CredentialProviderSpec;
import dev.hallpass.api.v1alpha1.CredentialProviderSpec.AccessLevel;
import dev.hallpass.api.v1alpha1.CredentialRequest;
import dev.hallpass.lease.LeaseIssuer.Issued;
import dev.hallpass.policy.IssueDecision.Allow;
import dev.hallpass.provider.Drivers;
import dev.hallpass.provider.Target;
import dev.hallpass.provider.TargetException;
import dev.hallpass.testing.KubeApi;
import dev.hallpass.wire.LeaseAnswer.Next;
import dev.hallpass.wire.LeaseCall;
import dev.hallpass.wire.Reason;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Leases of a real API server, and a target that is a table of accounts. */
@ExtendWith(KubeApi.class)
class LeaseIssuerIT {
  private static final Duration TTL = Duration.ofMinutes(15);
  private static final Duration MAX_LIFETIME = Duration.ofHours(1);
  private static final AccessLevel READER = new AccessLevel("reader", "1h", "1h", null, null);

  private final AccountTable accounts = new AccountTable();
  private KubeApi kube;
  private LeaseStore store;
  private CredentialRequest request;
  private Duration ahead = Duration.ZERO;
  private Duration podAge = Duration.ZERO;

  @BeforeEach
  void open(KubeApi api) {
    kube = api;
    store = new LeaseStore(api.client());
    request =
        Serialization.unmarshal(
            """
            metadata: {name: db}
            spec:
              workload: {serviceAccountName: orders, selector: {matchLabels: {app: orders}}}
              owner: team-orders
              purpose: test
              credentials:
              - name: db
                providerRef: {kind: CredentialProvider, name: pg}
                access: reader
                ttl: 15m
                delivery: {mode: Sidecar, files: [{path: db.json, format: Json}]}
            """,
            CredentialRequest.class);
    request.getMetadata().setNamespace(api.namespace());
    request = api.client().resource(request).create();
  }

  /** No controller runs here that would end them, but one of another test could try. */
  @AfterEach
  void forget() {
    for (var lease :
        kube.client()
            .resources(CredentialLease.class)
            .inNamespace(kube.namespace())
            .list()
            .getItems()) {
      kube.client().resource(lease).edit(l -> withoutFinalizers(l));
      kube.client().resource(lease).delete();
    }
  }

  private static CredentialLease withoutFinalizers(CredentialLease lease) {
    lease.getMetadata().setFinalizers(List.of());
    return lease;
  }

  @Test
  void twoIssuersThatRaceFiftyTimesMakeOneLeaseAndOneAccountEach() throws Exception {
    var one = issuer();
    var other = issuer();
    for (var round = 0; round < 50; round++) {
      podAge = Duration.ofHours(round % 2);
      var claim = claim("racer-" + round);

      var won = race(List.of(one, other, one, other), claim);

      assertThat(leasesOf(claim)).hasSize(1);
      var lease = leasesOf(claim).getFirst();
      var last = one.issue(claim, null, LeaseIssuerIT::granted);
      one.acknowledge(claim, reread(lease), last.epoch(), LeaseIssuerIT::granted);
      assertThat(accounts.admits(subject(lease), last.material())).isTrue();
      for (var before : won) {
        assertThat(accounts.admits(subject(lease), before.material())).isFalse();
      }
    }
    assertThat(accounts.size()).isEqualTo(50);
  }

  @Test
  void theLeaseIsThereBeforeTheTargetIsAsked() {
    var claim = claim("orders-1");
    accounts.goDown();

    assertThat(reason(() -> issuer().issue(claim, null, LeaseIssuerIT::granted)))
        .isEqualTo(Reason.TargetUnreachable);

    var lease = leasesOf(claim).getFirst();
    assertThat(LeaseJudge.phase(lease)).isEqualTo(LeasePhase.Pending);
    assertThat(lease.getFinalizers()).containsExactly("hallpass.dev/revocation");
    assertThat(lease.getMetadata().getOwnerReferences()).isEmpty();
  }

  @Test
  void whatWasNotAcknowledgedExpiresAtTheTargetByItself() {
    var claim = claim("orders-1");

    issuer().issue(claim, null, LeaseIssuerIT::granted);

    var lease = leasesOf(claim).getFirst();
    assertThat(accounts.expiresAt(subject(lease)))
        .isBeforeOrEqualTo(Instant.now().plus(TTL))
        .isAfter(Instant.now().plus(TTL).minusSeconds(30));
  }

  @Test
  void aStalledIssuerIsFencedOff() {
    var claim = claim("orders-1");
    var stalled = issuer();
    accounts.beforeNextIssue(() -> issuer().issue(claim, null, LeaseIssuerIT::granted));

    assertThat(reason(() -> stalled.issue(claim, null, LeaseIssuerIT::granted)))
        .isEqualTo(Reason.Superseded);

    assertThat(leasesOf(claim)).hasSize(1);
    assertThat(accounts.size()).isEqualTo(1);
  }

  @Test
  void aLeaseThatTheControllerEndsMeanwhileIsNotActivated() {
    var claim = claim("orders-1");
    var issued = issuer().issue(claim, null, LeaseIssuerIT::granted);
    var read = leasesOf(claim).getFirst();
    end(read, LeasePhase.Revoking);

    assertThat(
            reason(() -> issuer().acknowledge(claim, read, issued.epoch(), LeaseIssuerIT::granted)))
        .isEqualTo(Reason.LeaseBusy);
    assertThat(
            reason(
                () ->
                    issuer()
                        .acknowledge(claim, reread(read), issued.epoch(), LeaseIssuerIT::granted)))
        .isEqualTo(Reason.LeaseEnded);
    assertThat(reason(() -> issuer().issue(claim, null, LeaseIssuerIT::granted)))
        .isEqualTo(Reason.LeaseBusy);
    assertThat(accounts.admits(subject(read), issued.material())).isFalse();
  }

  @Test
  void anEndedLeaseIsFollowedByTheNext() {
    var claim = claim("orders-1");
    var first = issuer().issue(claim, null, LeaseIssuerIT::granted);
    end(leasesOf(claim).getFirst(), LeasePhase.Revoked);

    var second = issuer().issue(claim, null, LeaseIssuerIT::granted);

    assertThat(first.lease()).matches("orders-1-db-[0-9a-f]{8}-1");
    assertThat(second.lease()).isEqualTo(first.lease().replaceAll("1$", "2"));
    assertThat(second.epoch()).isEqualTo(1);
  }

  @Test
  void acknowledgingAgainKeepsTheTimeOfTheFirst() {
    var claim = claim("orders-1");
    var issued = issuer().issue(claim, null, LeaseIssuerIT::granted);
    issuer().acknowledge(claim, leasesOf(claim).getFirst(), issued.epoch(), LeaseIssuerIT::granted);
    var first = leasesOf(claim).getFirst();
    ahead = Duration.ofMinutes(1);

    issuer().acknowledge(claim, first, issued.epoch(), LeaseIssuerIT::granted);

    assertThat(leasesOf(claim).getFirst().getStatus().activatedAt())
        .isEqualTo(first.getStatus().activatedAt());
  }

  @Test
  void aLeaseIsRenewedUpToItsLifetimeAndNoFurther() {
    var claim = claim("orders-1");
    var issued = issuer().issue(claim, null, LeaseIssuerIT::granted);
    issuer().acknowledge(claim, leasesOf(claim).getFirst(), issued.epoch(), LeaseIssuerIT::granted);
    var end =
        Instant.parse(leasesOf(claim).getFirst().getMetadata().getCreationTimestamp())
            .plus(MAX_LIFETIME);

    for (var minutes : List.of(10, 20, 30)) {
      ahead = Duration.ofMinutes(minutes);
      assertThat(renew(claim, issued).next()).isEqualTo(Next.Renew);
    }
    ahead = Duration.ofMinutes(40);
    assertThat(renew(claim, issued).next()).isEqualTo(Next.Reissue);
    ahead = Duration.ofMinutes(50);
    var last = renew(claim, issued);

    assertThat(last.next()).isEqualTo(Next.Reissue);
    assertThat(last.expiresAt()).isEqualTo(end);
    ahead = Duration.ofMinutes(61);
    var before = leasesOf(claim).getFirst();
    assertThat(reason(() -> renew(claim, issued))).isEqualTo(Reason.LeaseEnded);
    assertThat(reason(() -> issuer().issue(claim, null, LeaseIssuerIT::granted)))
        .isEqualTo(Reason.LifetimeOver);
    assertThat(leasesOf(claim).getFirst()).isEqualTo(before);
  }

  @Test
  void whatHasExpiredIsNotRenewed() {
    var claim = claim("orders-1");
    var issued = issuer().issue(claim, null, LeaseIssuerIT::granted);
    issuer().acknowledge(claim, leasesOf(claim).getFirst(), issued.epoch(), LeaseIssuerIT::granted);
    ahead = TTL.plusSeconds(1);

    assertThat(reason(() -> renew(claim, issued))).isEqualTo(Reason.LeaseEnded);
  }

  @Test
  void aFreshAccountTakesOverWhileTheOldOneWorks() {
    var claim = claim("orders-1");
    var old = held(claim);

    var fresh = issuer().issue(claim, replacing(old), LeaseIssuerIT::granted);

    assertThat(fresh.lease()).isEqualTo(old.lease().replaceAll("1$", "2"));
    var leases = leasesOf(claim);
    assertThat(leases).extracting(LeaseJudge::phase).containsExactly(Active, Pending);
    assertThat(leases.getLast().getSpec().replaces()).isEqualTo(new Replaced(old.lease(), "120s"));
    acknowledge(claim, fresh);
    assertThat(accounts.admits(subject(leases.getFirst()), old.material())).isTrue();
    assertThat(accounts.admits(subject(leases.getLast()), fresh.material())).isTrue();
  }

  @Test
  void aPodThatHammersHasTwoAccountsAtMost() throws Exception {
    var claim = claim("orders-1");
    var old = held(claim);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (var i = 0; i < 40; i++) {
        var _ = threads.submit(() -> issuer().issue(claim, replacing(old), LeaseIssuerIT::granted));
      }
    }
    assertThat(accounts.size()).isEqualTo(2);
    var fresh = issuer().issue(claim, replacing(old), LeaseIssuerIT::granted);
    acknowledge(claim, fresh);

    assertThat(reason(() -> issuer().issue(claim, replacing(fresh), LeaseIssuerIT::granted)))
        .isEqualTo(Reason.LeaseBusy);

    assertThat(accounts.size()).isEqualTo(2);
    end(leasesOf(claim).getFirst(), LeasePhase.Revoked);
    assertThat(issuer().issue(claim, replacing(fresh), LeaseIssuerIT::granted).lease())
        .endsWith("-3");
  }

  @Test
  void anAnswerThatWasLostIsGivenAgainByTheSameSuccessor() {
    var claim = claim("orders-1");
    var old = held(claim);
    var lost = issuer().issue(claim, replacing(old), LeaseIssuerIT::granted);

    var again = issuer().issue(claim, replacing(old), LeaseIssuerIT::granted);

    assertThat(again.lease()).isEqualTo(lost.lease());
    assertThat(again.epoch()).isEqualTo(lost.epoch() + 1);
    assertThat(accounts.size()).isEqualTo(2);
  }

  @Test
  void anAgentThatRestartsWhileTheOldOneDrainsGoesOnWithTheNewOne() {
    var claim = claim("orders-1");
    var old = held(claim);
    var fresh = issuer().issue(claim, replacing(old), LeaseIssuerIT::granted);
    acknowledge(claim, fresh);
    var activatedAt = leasesOf(claim).getLast().getStatus().activatedAt();

    var restarted = issuer().issue(claim, null, LeaseIssuerIT::granted);

    assertThat(restarted.lease()).isEqualTo(fresh.lease());
    assertThat(leasesOf(claim).getLast().getStatus().activatedAt()).isEqualTo(activatedAt);
    assertThat(accounts.admits(subject(leasesOf(claim).getFirst()), old.material())).isTrue();
  }

  @Test
  void whoHoldsAnOlderEpochReplacesNothing() {
    var claim = claim("orders-1");
    var old = held(claim);
    acknowledge(claim, issuer().issue(claim, null, LeaseIssuerIT::granted));

    assertThat(reason(() -> issuer().issue(claim, replacing(old), LeaseIssuerIT::granted)))
        .isEqualTo(Reason.Superseded);

    assertThat(accounts.size()).isEqualTo(1);
  }

  @Test
  void whatCannotBeExtendedIsIssuedAnewUnderTheSameLeaseWithoutABreak() {
    accounts.reissues();
    var claim = claim("orders-1");
    var first = held(claim);
    var before = leasesOf(claim).getFirst().getStatus();
    ahead = Duration.ofMinutes(10);

    var second = issuer().issue(claim, replacing(first), LeaseIssuerIT::granted);

    var lease = leasesOf(claim).getFirst();
    assertThat(leasesOf(claim)).hasSize(1);
    assertThat(second.epoch()).isEqualTo(first.epoch() + 1);
    assertThat(LeaseJudge.phase(lease)).isEqualTo(Active);
    assertThat(lease.getStatus().activatedAt()).isEqualTo(before.activatedAt());
    assertThat(Instant.parse(lease.getStatus().expiresAt()))
        .isAfter(Instant.parse(before.expiresAt()))
        .isEqualTo(accounts.expiresAt(subject(lease)));
    var usable = acknowledge(claim, second);
    assertThat(usable.next()).isEqualTo(Next.Reissue);
    assertThat(usable.expiresAt()).isEqualTo(lease.getStatus().expiresAt());
    assertThat(reason(() -> renew(claim, second))).isEqualTo(Reason.BadRequest);
  }

  @Test
  void whatCannotBeExtendedFollowsIntoAnotherLeaseBeforeItsLifetimeIsOver() {
    accounts.reissues();
    var claim = claim("orders-1");
    var first = held(claim);
    ahead = Duration.ofMinutes(10);
    var second = issuer().issue(claim, replacing(first), LeaseIssuerIT::granted);
    acknowledge(claim, second);
    for (var minutes : List.of(20, 30, 40)) {
      ahead = Duration.ofMinutes(minutes);
      second = issuer().issue(claim, replacing(second), LeaseIssuerIT::granted);
      acknowledge(claim, second);
    }
    ahead = Duration.ofMinutes(50);

    assertThat(issuer().issue(claim, replacing(second), LeaseIssuerIT::granted).lease())
        .endsWith("-2");
  }

  private Issued held(Claim claim) {
    var issued = issuer().issue(claim, null, LeaseIssuerIT::granted);
    acknowledge(claim, issued);
    return issued;
  }

  private LeaseIssuer.Usable acknowledge(Claim claim, Issued issued) {
    var lease = store.get(kube.namespace(), issued.lease()).orElseThrow();
    return issuer().acknowledge(claim, lease, issued.epoch(), LeaseIssuerIT::granted);
  }

  private static LeaseCall replacing(Issued held) {
    return new LeaseCall(held.lease(), held.epoch());
  }

  private LeaseIssuer.Usable renew(Claim claim, Issued issued) {
    return issuer()
        .renew(claim, leasesOf(claim).getFirst(), issued.epoch(), LeaseIssuerIT::granted);
  }

  private static List<Issued> race(List<LeaseIssuer> issuers, Claim claim) throws Exception {
    var won = new ArrayList<Issued>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var running = new ArrayList<Future<List<Issued>>>();
      for (var issuer : issuers) {
        Callable<List<Issued>> attempt =
            () -> {
              try {
                return List.of(issuer.issue(claim, null, LeaseIssuerIT::granted));
              } catch (RefusedException e) {
                assertThat(e.reason()).isEqualTo(Reason.LeaseBusy);
              } catch (TargetException e) {
                assertThat(e.reason()).isEqualTo(Reason.Superseded);
              }
              return List.of();
            };
        running.add(threads.submit(attempt));
      }
      for (var one : running) {
        won.addAll(one.get());
      }
    }
    return won;
  }

  private LeaseIssuer issuer() {
    InstantSource later = () -> Instant.now().plus(ahead);
    return new LeaseIssuer(
        store, new Drivers(List.of(accounts)), "0a1b2c3d", new ToldNews(), clock(later));
  }

  private static Clock clock(InstantSource source) {
    return source.withZone(ZoneOffset.UTC);
  }

  private Claim claim(String pod) {
    return new Claim(
        new PodRef(pod, "uid-of-" + pod, "orders", "node-1"),
        Instant.now().minus(podAge),
        request,
        request.getSpec().credentials().getFirst(),
        new Target(
            "CredentialProvider/shop/pg",
            new CredentialProviderSpec(null, null, null, List.of(READER)),
            Map.of()),
        new Allow(READER, TTL, MAX_LIFETIME));
  }

  private List<CredentialLease> leasesOf(Claim claim) {
    return store.ofPod(kube.namespace(), claim.pod().uid());
  }

  private CredentialLease reread(CredentialLease lease) {
    return store.get(kube.namespace(), lease.getMetadata().getName()).orElseThrow();
  }

  private void end(CredentialLease lease, LeasePhase phase) {
    var now = Instant.now().toString();
    assertThat(
            store.writeStatus(
                lease,
                new CredentialLeaseStatus(
                    phase, 1L, null, null, null, null, now, now, null, List.of())))
        .isPresent();
  }

  private static String subject(CredentialLease lease) {
    return "hp_0a1b2c3d_" + lease.getMetadata().getUid().replace("-", "");
  }

  private static Reason reason(ThrowingCallable call) {
    var reasons = new ArrayList<Reason>();
    assertThatExceptionOfType(RuntimeException.class)
        .isThrownBy(call)
        .satisfies(
            e ->
                reasons.add(
                    switch (e) {
                      case RefusedException r -> r.reason();
                      case TargetException t -> t.reason();
                      default -> throw new AssertionError("not a refusal", e);
                    }));
    return reasons.getFirst();
  }

  /** Nothing is in the way. */
  private static void granted() {}
}
