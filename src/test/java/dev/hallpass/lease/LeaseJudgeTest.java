package dev.hallpass.lease;

import static dev.hallpass.lease.LeaseScene.CREATED;
import static dev.hallpass.lease.LeaseScene.NOW;
import static dev.hallpass.lease.LeaseScene.container;
import static dev.hallpass.lease.LeaseScene.scene;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hallpass.api.v1alpha1.CredentialLeaseStatus.LeasePhase;
import dev.hallpass.api.v1alpha1.EndedBy;
import dev.hallpass.lease.Verdict.End;
import dev.hallpass.lease.Verdict.Extend;
import dev.hallpass.lease.Verdict.Forget;
import dev.hallpass.lease.Verdict.Keep;
import dev.hallpass.lease.Verdict.Retain;
import dev.hallpass.lease.Verdict.Revoke;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

class LeaseJudgeTest {
  private static final LeaseJudge JUDGE = new LeaseJudge(LeaseTimes.DEFAULT);
  private static final Instant EXPIRY = NOW.plusSeconds(600);

  record Case(String name, LeaseScene scene, Verdict verdict) {
    @Override
    public String toString() {
      return name;
    }
  }

  record Ending(String name, LeaseScene scene, @Nullable EndedBy by) {
    @Override
    public String toString() {
      return name;
    }
  }

  static final List<Case> VERDICTS =
      List.of(
          new Case("active, all well", scene(), new Keep(EXPIRY)),
          new Case(
              "pending, all well",
              scene().phase(LeasePhase.Pending).activeSince(NOW.minusSeconds(20)),
              new Keep(NOW.plusSeconds(40))),
          new Case(
              "pending without status waits from its creation",
              scene().withoutStatus().created(NOW.minusSeconds(10)),
              new Keep(NOW.plusSeconds(50))),
          new Case(
              "node not ready within the grace time",
              scene().nodeLostSince(NOW.minusSeconds(30)),
              new Keep(NOW.plusSeconds(10))),
          new Case(
              "node not ready, but the lease expires before the grace time is over",
              scene().nodeLostSince(NOW).expiresAt(NOW.plusSeconds(5)),
              new Keep(NOW.plusSeconds(5))),
          new Case(
              "pod terminating and working",
              scene().podDeletedBy(NOW.plusSeconds(25)).containers(container("app").running()),
              new Keep(NOW.plusSeconds(25))),
          new Case(
              "its place taken, still draining",
              scene().successorSince(NOW.minusSeconds(30)),
              new Keep(NOW.plusSeconds(90))),
          new Case(
              "fetched once, not yet to be extended",
              scene().init(),
              new Keep(EXPIRY.minusSeconds(300))),
          new Case(
              "fetched once, to be extended",
              scene().init().expiresAt(NOW.plusSeconds(300)),
              new Extend(scene().level(), NOW.plusSeconds(900))),
          new Case(
              "fetched once, its pod terminating",
              scene()
                  .init()
                  .expiresAt(NOW.plusSeconds(300))
                  .podDeletedBy(NOW.plusSeconds(25))
                  .containers(container("app").running()),
              new Keep(NOW.plusSeconds(25))),
          new Case(
              "fetched once, the cap lowered below its ttl",
              scene().init().expiresAt(NOW.plusSeconds(300)).providerCaps("1m"),
              new Keep(NOW.plusSeconds(300))),
          new Case(
              "fetched once, nearly at the end of its lifetime",
              scene()
                  .init()
                  .serviceAccountSince(NOW.minusSeconds(90_000))
                  .created(NOW.minusSeconds(86_100))
                  .expiresAt(NOW.plusSeconds(200)),
              new Extend(scene().level(), NOW.plusSeconds(300))),
          new Case(
              "fetched once, at the end of its lifetime",
              scene()
                  .init()
                  .serviceAccountSince(NOW.minusSeconds(90_000))
                  .created(NOW.minusSeconds(86_100))
                  .expiresAt(NOW.plusSeconds(300)),
              new Keep(NOW.plusSeconds(300))),
          new Case(
              "under a break-glass that ends before the ttl",
              scene().underBreakGlass(NOW.plusSeconds(30)),
              new Keep(NOW.plusSeconds(30))),
          new Case("revoking", scene().phase(LeasePhase.Revoking), new Revoke()),
          new Case(
              "revoking and deleted",
              scene().phase(LeasePhase.Revoking).leaseDeleted(),
              new Revoke()),
          new Case(
              "revoked within retention",
              scene().phase(LeasePhase.Revoked).revokedAt(NOW.minusSeconds(60)),
              new Retain(NOW.plusSeconds(3540))),
          new Case(
              "revoked, retention over",
              scene().phase(LeasePhase.Revoked).revokedAt(NOW.minusSeconds(3600)),
              new Forget()),
          new Case(
              "revoked and deleted",
              scene().phase(LeasePhase.Revoked).revokedAt(NOW).leaseDeleted(),
              new Forget()),
          new Case(
              "denied within retention",
              scene().phase(LeasePhase.Denied).created(NOW.minusSeconds(600)),
              new Retain(NOW.plusSeconds(3000))),
          new Case(
              "denied, retention over",
              scene().phase(LeasePhase.Denied).created(NOW.minusSeconds(3601)),
              new Forget()));

  static final List<Ending> ENDINGS =
      List.of(
          // The break-glass
          new Ending("break-glass open", scene().underBreakGlass(NOW.plusSeconds(1)), null),
          new Ending("break-glass over", scene().underBreakGlass(NOW), EndedBy.BreakGlassEnded),
          new Ending(
              "break-glass gone, or another of that name",
              scene().underBreakGlass(null),
              EndedBy.BreakGlassEnded),
          new Ending(
              "break-glass over while delivery is not confirmed",
              scene().phase(LeasePhase.Pending).underBreakGlass(NOW.minusSeconds(1)),
              EndedBy.BreakGlassEnded),

          // The pod
          new Ending("pod gone", scene().withoutPod(), EndedBy.PodDeleted),
          new Ending("another pod of that name", scene().podUid("other"), EndedBy.PodDeleted),
          new Ending("pod succeeded", scene().podPhase("Succeeded"), EndedBy.PodCompleted),
          new Ending("pod failed", scene().podPhase("Failed"), EndedBy.PodCompleted),
          new Ending(
              "pod evicted", scene().podPhase("Failed").podReason("Evicted"), EndedBy.PodDeleted),
          new Ending("pod not started", scene().containers(container("app").waiting()), null),
          new Ending("no container reported yet", scene().containers(container("app")), null),
          new Ending(
              "pod of Always, crash-looping",
              scene().restartPolicy("Always").containers(container("app").terminated(1)),
              null),
          new Ending(
              "pod of Always, container exited 0",
              scene().restartPolicy("Always").containers(container("app").terminated(0)),
              null),
          new Ending(
              "pod of Never, container failed",
              scene().restartPolicy("Never").containers(container("app").terminated(1)),
              EndedBy.PodCompleted),
          new Ending(
              "pod of Never, one of two containers ended",
              scene()
                  .restartPolicy("Never")
                  .containers(container("app").terminated(0), container("log").running()),
              null),
          new Ending(
              "pod of OnFailure, container done",
              scene().restartPolicy("OnFailure").containers(container("app").terminated(0)),
              EndedBy.PodCompleted),
          new Ending(
              "pod of OnFailure, container failed and comes back",
              scene().restartPolicy("OnFailure").containers(container("app").terminated(1)),
              null),
          new Ending(
              "job done, its native sidecar still runs",
              scene()
                  .restartPolicy("Never")
                  .containers(container("app").terminated(0))
                  .sidecar(container("hallpass-agent").running()),
              EndedBy.PodCompleted),
          new Ending(
              "container that never restarts in a pod of Always",
              scene()
                  .restartPolicy("Always")
                  .containers(container("app").restartPolicy("Never").terminated(3)),
              EndedBy.PodCompleted),
          new Ending(
              "terminating, working",
              scene().podDeletedBy(NOW.plusSeconds(1)).containers(container("app").running()),
              null),
          new Ending(
              "terminating, grace period over",
              scene().podDeletedBy(NOW).containers(container("app").running()),
              EndedBy.PodDeleted),
          new Ending(
              "terminating, containers stopped",
              scene().podDeletedBy(NOW.plusSeconds(25)).containers(container("app").terminated(0)),
              EndedBy.PodDeleted),
          new Ending(
              "terminating, one of two containers stopped",
              scene()
                  .podDeletedBy(NOW.plusSeconds(25))
                  .containers(container("app").running(), container("log").terminated(0)),
              null),
          new Ending(
              "terminating, containers stopped, sidecar still runs",
              scene()
                  .podDeletedBy(NOW.plusSeconds(25))
                  .containers(container("app").terminated(143))
                  .sidecar(container("hallpass-agent").running()),
              EndedBy.PodDeleted),
          new Ending(
              "terminating in the pause of a crash loop",
              scene().podDeletedBy(NOW.plusSeconds(25)).containers(container("app").waiting()),
              EndedBy.PodDeleted),
          new Ending(
              "terminating and failed",
              scene().podDeletedBy(NOW.plusSeconds(25)).podPhase("Failed"),
              EndedBy.PodDeleted),
          // The node
          new Ending(
              "node not ready beyond the grace time",
              scene().nodeLostSince(NOW.minusSeconds(40)),
              EndedBy.NodeLost),
          new Ending(
              "node not ready, terminating pod never confirmed",
              scene()
                  .nodeLostSince(NOW.minusSeconds(41))
                  .podDeletedBy(NOW.plusSeconds(300))
                  .containers(container("app").running()),
              EndedBy.NodeLost),
          new Ending(
              "node lost and pod gone with it",
              scene().nodeLostSince(NOW.minusSeconds(60)).withoutPod(),
              EndedBy.NodeLost),
          new Ending(
              "node not ready for a moment, pod gone",
              scene().nodeLostSince(NOW.minusSeconds(5)).withoutPod(),
              EndedBy.PodDeleted),
          new Ending(
              "node lost, but the pod had completed",
              scene().nodeLostSince(NOW.minusSeconds(60)).podPhase("Succeeded"),
              EndedBy.PodCompleted),
          // The request
          new Ending("request gone", scene().withoutRequest(), EndedBy.RequestDeleted),
          new Ending(
              "another request of that name", scene().requestUid("other"), EndedBy.RequestDeleted),
          new Ending("request being deleted", scene().requestDeleted(), EndedBy.RequestDeleted),
          new Ending(
              "request for another service account",
              scene().requestServiceAccount("other"),
              EndedBy.RequestChanged),
          new Ending(
              "request no longer selects the pod",
              scene().requestSelects("app", "other"),
              EndedBy.RequestChanged),
          new Ending(
              "credential no longer asked for",
              scene().requestAsks("cache", "reader", "orders-postgres"),
              EndedBy.RequestChanged),
          new Ending(
              "credential asked for at another level",
              scene().requestAsks("db", "writer", "orders-postgres"),
              EndedBy.RequestChanged),
          new Ending(
              "credential asked of another provider",
              scene().requestAsks("db", "reader", "other"),
              EndedBy.RequestChanged),
          // The provider
          new Ending("provider gone", scene().withoutProvider(), EndedBy.ProviderChanged),
          new Ending("level withdrawn", scene().providerOffers("writer"), EndedBy.ProviderChanged),
          new Ending("cap lowered below the ttl", scene().providerCaps("1m"), null),
          new Ending(
              "cluster provider that allows the namespace", scene().clusterProvider("shop"), null),
          new Ending(
              "cluster provider that no longer allows the namespace",
              scene().clusterProvider("other"),
              EndedBy.ProviderChanged),
          // Time
          new Ending(
              "its place taken, and drained",
              scene().successorSince(NOW.minusSeconds(120)),
              EndedBy.Superseded),
          new Ending("expired", scene().expiresAt(NOW), EndedBy.Expired),
          new Ending("active without an expiry", scene().expiresAt(null), EndedBy.Expired),
          new Ending("expires in a second", scene().expiresAt(NOW.plusSeconds(1)), null),
          new Ending(
              "pending too long",
              scene().phase(LeasePhase.Pending).activeSince(NOW.minusSeconds(60)),
              EndedBy.Unacknowledged),
          new Ending(
              "pending again, long after its creation",
              scene()
                  .phase(LeasePhase.Pending)
                  .created(NOW.minusSeconds(9000))
                  .activeSince(NOW.minusSeconds(59)),
              null),
          new Ending(
              "pending without status too long",
              scene().withoutStatus().created(NOW.minusSeconds(60)),
              EndedBy.Unacknowledged),
          new Ending(
              "a pending lease does not expire",
              scene()
                  .phase(LeasePhase.Pending)
                  .activeSince(NOW.minusSeconds(1))
                  .expiresAt(NOW.minusSeconds(1)),
              null),
          // The lease itself
          new Ending("lease deleted", scene().leaseDeleted(), EndedBy.Requested),
          new Ending(
              "lease deleted before it was issued",
              scene().withoutStatus().created(CREATED).leaseDeleted(),
              EndedBy.Requested),
          new Ending(
              "namespace deleted",
              scene().leaseDeleted().namespaceTerminating(),
              EndedBy.PodDeleted),
          // Somebody asks for it
          new Ending("an order on the lease", scene().revokeOnLease("true"), EndedBy.Requested),
          new Ending("an order on the pod", scene().revokeOnPod("now"), EndedBy.Requested),
          new Ending("an order on the request", scene().revokeOnRequest(""), EndedBy.Requested),
          new Ending(
              "an order for what was issued until now",
              scene().revokeOnRequest(NOW.toString()),
              EndedBy.Requested),
          new Ending(
              "an order for what was issued until then, in another zone",
              scene().revokeOnRequest("2026-01-01T12:45:00+01:00"),
              EndedBy.Requested),
          new Ending(
              "an order for what was issued before",
              scene().revokeOnRequest(CREATED.minusSeconds(1).toString()),
              null),
          new Ending(
              "an order on another pod of that name",
              scene().podUid("other").revokeOnPod("true"),
              EndedBy.PodDeleted),
          // The service account
          new Ending(
              "service account gone",
              scene().serviceAccountSince(null),
              EndedBy.ServiceAccountDeleted),
          new Ending(
              "service account made anew",
              scene().serviceAccountSince(CREATED.plusSeconds(1)),
              EndedBy.ServiceAccountDeleted),
          new Ending(
              "service account made in the lease's second",
              scene().serviceAccountSince(CREATED),
              null),
          new Ending(
              "service account gone with its namespace",
              scene().serviceAccountSince(null).namespaceTerminating(),
              EndedBy.PodDeleted),
          // Of several reasons, the first
          new Ending(
              "everything gone at once",
              scene().withoutPod().withoutRequest().withoutProvider().expiresAt(NOW),
              EndedBy.PodDeleted));

  @ParameterizedTest
  @FieldSource("VERDICTS")
  void judges(Case given) {
    assertThat(JUDGE.judge(given.scene().facts())).isEqualTo(given.verdict());
  }

  @ParameterizedTest
  @FieldSource("ENDINGS")
  void ends(Ending given) {
    var verdict = JUDGE.judge(given.scene().facts());

    assertThat(verdict instanceof End end ? end.by() : null).isEqualTo(given.by());
  }
}
