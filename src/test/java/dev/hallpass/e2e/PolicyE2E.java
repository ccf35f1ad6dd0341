package dev.hallpass.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.hallpass.api.v1alpha1.CredentialPolicy;
import dev.hallpass.api.v1alpha1.EndedBy;
import dev.hallpass.kube.Conditions;
import dev.hallpass.testing.NamespacePolicies;
import dev.hallpass.testing.WindowKind;
import dev.hallpass.wire.Reason;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
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
                  assertThat(
                          scene
                              .client()
                              .v1()
                              .events()
                              .inNamespace(scene.namespace())
                              .list()
                              .getItems())
                      .filteredOn(e -> isAbout(e, waiting) && isDenial(e))
                      .extracting(Event::getMessage)
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

  private static boolean isAbout(Event event, Pod pod) {
    return pod.getMetadata().getUid().equals(event.getInvolvedObject().getUid());
  }

  private static boolean isDenial(Event event) {
    return Reason.PolicyDenied.name().equals(event.getReason());
  }
}
