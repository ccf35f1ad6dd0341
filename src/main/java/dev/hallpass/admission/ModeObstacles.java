package dev.hallpass.admission;

import dev.hallpass.api.v1alpha1.CredentialRequest;
import dev.hallpass.api.v1alpha1.Delivery;
import dev.hallpass.wire.Reason;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Files whose mode keeps a container from reading what it is to see. Only what is sure before the
 * pod runs is an obstacle: where an image decides whom a container runs as, it may fit.
 */
final class ModeObstacles {
  private static final int GROUP = 2;
  private static final int OTHERS = 3;

  private ModeObstacles() {}

  /** Empty where every file can be read, or may be. */
  static List<Objection> of(Pod pod, AgentUser agent, List<View> views, CredentialRequest request) {
    var objections = new ArrayList<Objection>();
    for (var credential : request.getSpec().credentials()) {
      var name = request.getMetadata().getName() + "/" + credential.name();
      var consumers =
          Pods.containers(pod)
              .filter(
                  c ->
                      views.stream()
                          .filter(v -> v.containers().contains(c.getName()))
                          .anyMatch(v -> v.credentials().contains(name)))
              .toList();
      for (var file : credential.delivery().files()) {
        unread(pod, agent, consumers, file)
            .map(
                said ->
                    Objection.to(
                        request,
                        Reason.FileUnreadable,
                        "spec.credentials[%s].delivery.files[%s].mode: %s"
                            .formatted(credential.name(), file.path(), said)))
            .ifPresent(objections::add);
      }
    }
    return objections;
  }

  private static Optional<String> unread(
      Pod pod, AgentUser agent, List<Container> consumers, Delivery.File file) {
    var mode = file.mode();
    return mode == null
        ? Optional.empty()
        : consumers.stream()
            .filter(c -> !mayRead(pod, agent, c, mode))
            .findFirst()
            .map(
                c ->
                    ("the file belongs to user %d, %s keeps container %s from reading it, which runs"
                            + " as user %d; leave mode out, or set one runAsUser for all containers"
                            + " that see the file")
                        .formatted(
                            agent.uid(), mode, c.getName(), Pods.user(pod, c).orElseThrow()));
  }

  private static boolean mayRead(Pod pod, AgentUser agent, Container container, String mode) {
    var user = Pods.user(pod, container);
    return user.isEmpty()
        || user.get() == 0
        || user.get() == agent.uid()
        || reads(mode, OTHERS)
        || (reads(mode, GROUP) && mayBeInGroup(pod, agent, container));
  }

  private static boolean reads(String mode, int digit) {
    return mode.charAt(digit) == '4';
  }

  /**
   * The files' group is the pod's fsGroup, which every container is in, or else the agent's own.
   */
  private static boolean mayBeInGroup(Pod pod, AgentUser agent, Container container) {
    var group = Pods.group(pod, container);
    var ofPod = pod.getSpec().getSecurityContext();
    return group.isEmpty()
        || group.get() == agent.gid()
        || (ofPod != null
            && (ofPod.getFsGroup() != null || ofPod.getSupplementalGroups().contains(agent.gid())));
  }
}
