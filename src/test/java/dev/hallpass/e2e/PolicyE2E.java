package dev.hallpass.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.hallpass.api.v1alpha1.EndedBy;
import dev.hallpass.testing.NamespacePolicies;
import dev.hallpass.wire.Reason;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
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

  private static boolean isAbout(Event event, Pod pod) {
    return pod.getMetadata().getUid().equals(event.getInvolvedObject().getUid());
  }

  private static boolean isDenial(Event event) {
    return Reason.PolicyDenied.name().equals(event.getReason());
  }
}
