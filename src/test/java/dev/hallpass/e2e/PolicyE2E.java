package dev.hallpass.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.hallpass.api.v1alpha1.CredentialPolicy;
import dev.hallpass.api.v1alpha1.EndedBy;
import dev.hallpass.kube.Conditions;
import dev.hallpass.lease.LeaseJudge;
import dev.hallpass.testing.NamespacePolicies;
import dev.hallpass.testing.WindowKind;
import dev.hallpass.wire.Reason;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(HallpassCluster.class)
class PolicyE2E {
  private static final String TICKET_NEEDED =
      """
      validations:
      - expression: "'ticket' in pod.metadata.labels"
        message: label the pod with its ticket
        reason: TicketMissing
      """;

  @Test
  void aPodWaitsForWhatItsPolicyAsksAndLosesItWithIt(Scene scene) {
    try (var policies = new NamespacePolicies(scene.client(), scene.namespace())) {
      policies.apply("ticket", TICKET_NEEDED);
      scene.apply("reader.yaml");
      var waiting = scene.firstPod("reader");
      await("the pod is told what to do")
          .atMost(Duration.ofMinutes(1))
          .untilAsserted(
              () ->
                  assertThat(denials(scene, waiting))
                      .anyMatch(m -> m.contains("TicketMissing: label the pod with its ticket")));
      assertThat(scene.leases()).isEmpty();

      scene.label(waiting, "ticket", "T-1");
      var pod = scene.awaitRunning("reader");
      scene.awaitActive(pod);
      var login = scene.login(pod);

      scene.label(pod, "ticket", null);

      scene.assertEnded(pod, login, EndedBy.PolicyWithdrawn);
    }
  }

  @Test
  void aNewPolicyTakesWhatItForbidsFromPodsThatRun(Scene scene) {
    var pod = scene.served("reader");
    var login = scene.login(pod);

    try (var policies = new NamespacePolicies(scene.client(), scene.namespace())) {
      policies.apply("ticket", TICKET_NEEDED);

      scene.assertEnded(pod, login, EndedBy.PolicyWithdrawn);
    }
  }

  @Test
  void anObjectOfAKindThatItsOwnerLetsHallpassReadHasItsSay(Scene scene) {
    try (var windows = new WindowKind(scene.client(), scene.namespace());
        var policies = new NamespacePolicies(scene.client(), scene.namespace())) {
      windows.install();
      windows.set("a", "{open: true}");
      var policy =
          policies.apply(
              "window",
              windows.params("a")
                  + "validations: [{expression: params.spec.open == true, message: closed, reason: Closed}]\n");
      awaitStanding(policies, policy, Reason.ParamsForbidden);
      scene.client().resource(windows.role("list", "watch")).serverSideApply();
      awaitStanding(policies, policy, Reason.PolicyCompiled);
      var pod = scene.served("reader");
      var login = scene.login(pod);

      windows.set("a", "{open: false}");

      scene.assertEnded(pod, login, EndedBy.PolicyWithdrawn);
    }
  }

  private static void awaitStanding(
      NamespacePolicies policies, CredentialPolicy policy, Reason reason) {
    await("the policy says " + reason)
        .atMost(Duration.ofMinutes(1))
        .until(
            () ->
                Optional.ofNullable(policies.now(policy).getStatus())
                    .flatMap(s -> Conditions.find(s.conditions(), Conditions.READY))
                    .filter(c -> c.getReason().equals(reason.name()))
                    .isPresent());
  }

  @Test
  void ofMorePodsThanALimitAllowsOneWaitsUntilAnotherEnds(Scene scene) {
    try (var policies = new NamespacePolicies(scene.client(), scene.namespace())) {
      policies.apply("two", "limits: {maxLeases: 2}");
      awaitOneTooMany(scene, "LeaseLimit");
      // A lease of the third that was made in the same moment may be there for a minute, unused.
      await("and stays out")
          .during(Duration.ofSeconds(10))
          .atMost(Duration.ofMinutes(3))
          .until(() -> scene.ready("reader").size() == 2 && live(scene) == 2);

      var ending = scene.ready("reader").getFirst();
      var login = scene.login(ending);
      scene.client().pods().resource(ending).withGracePeriod(0).delete();

      scene.assertEnded(ending, login, EndedBy.PodDeleted);
      await("another is served in its place, and again not one more")
          .atMost(Duration.ofMinutes(2))
          .until(() -> scene.ready("reader").size() == 2 && live(scene) == 2);
    }
  }

  @Test
  void ofPodsThatComeTooFastOneWaitsForItsTurn(Scene scene) {
    try (var policies = new NamespacePolicies(scene.client(), scene.namespace())) {
      policies.apply("slowly", "limits: {rate: {count: 2, per: 1m}}");
      awaitOneTooMany(scene, "RateLimit");

      await("its turn comes, and nobody helps it")
          .atMost(Duration.ofMinutes(3))
          .until(() -> scene.ready("reader").size() == 3);
      assertThat(made(scene).get(2))
          .isAfterOrEqualTo(made(scene).getFirst().plus(Duration.ofMinutes(1)));
    }
  }

  /** Of three pods two are served, and the third is told why it is not. */
  private static void awaitOneTooMany(Scene scene, String reason) {
    scene.apply("reader.yaml");
    scene.scale("reader", 3);

    await("two are served, and a third is there")
        .atMost(Duration.ofMinutes(2))
        .until(() -> scene.ready("reader").size() == 2 && scene.pods("reader").size() == 3);
    var surplus =
        scene.pods("reader").stream().filter(pod -> !Scene.isReady(pod)).findFirst().orElseThrow();
    await("the third is told why it is not")
        .atMost(Duration.ofMinutes(1))
        .until(() -> denials(scene, surplus).stream().anyMatch(m -> m.contains(reason)));
  }

  private static long live(Scene scene) {
    return scene.leases().stream().filter(lease -> !LeaseJudge.over(lease)).count();
  }

  /**
   * When the leases were made, in that order, that were ever used: of pods that come at the same
   * moment one more can have its lease made, which ends before it can be used.
   */
  private static List<Instant> made(Scene scene) {
    return scene.leases().stream()
        .filter(lease -> lease.getStatus() != null && lease.getStatus().activatedAt() != null)
        .map(lease -> Instant.parse(lease.getMetadata().getCreationTimestamp()))
        .sorted()
        .toList();
  }

  private static List<String> denials(Scene scene, Pod pod) {
    return scene.client().v1().events().inNamespace(scene.namespace()).list().getItems().stream()
        .filter(e -> isAbout(e, pod) && isDenial(e))
        .map(Event::getMessage)
        .toList();
  }

  private static boolean isAbout(Event event, Pod pod) {
    return pod.getMetadata().getUid().equals(event.getInvolvedObject().getUid());
  }

  private static boolean isDenial(Event event) {
    return Reason.PolicyDenied.name().equals(event.getReason());
  }
}
