package dev.hallpass.admission;

import dev.hallpass.api.v1alpha1.CredentialRequest;
import dev.hallpass.api.v1alpha1.CredentialRequestSpec.RequestedCredential;
import dev.hallpass.wire.Reason;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.List;
import java.util.Optional;

/**
 * What keeps the agent from signalling the containers that a request names. The kernel lets it
 * signal processes of its own user, and tell which container they belong to where their group is
 * its own too (ptrace(2), "Ptrace access mode checking"); an image's group nobody knows at
 * admission.
 */
final class SignalObstacles {
  private SignalObstacles() {}

  /** Empty where nothing does, or nobody is to be signalled. */
  static List<Objection> of(Pod pod, AgentUser agent, CredentialRequest request) {
    return request.getSpec().credentials().stream()
        .flatMap(c -> obstacle(pod, agent, request, c).stream())
        .toList();
  }

  private static Optional<Objection> obstacle(
      Pod pod, AgentUser agent, CredentialRequest request, RequestedCredential credential) {
    var notify = credential.delivery().notification();
    var signal = notify == null ? null : notify.signal();
    if (signal == null) {
      return Optional.empty();
    }
    var field = "spec.credentials[%s].delivery.notify.signal".formatted(credential.name());
    var container =
        pod.getSpec().getContainers().stream()
            .filter(c -> c.getName().equals(signal.container()))
            .findFirst();
    if (container.isEmpty()) {
      return objection(
          request,
          Reason.ContainerUnknown,
          "%s.container: the pod has no container %s".formatted(field, signal.container()));
    }
    if (!Boolean.TRUE.equals(pod.getSpec().getShareProcessNamespace())) {
      return objection(
          request,
          Reason.ProcessNamespaceNotShared,
          "%s: set spec.shareProcessNamespace: true in the pod, so that the agent sees container %s;"
                  .formatted(field, signal.container())
              + " or use delivery.notify.http");
    }
    return stranger(pod, container.get(), agent)
        .flatMap(
            fix ->
                objection(
                    request,
                    Reason.SignalNotPermitted,
                    "%s: container %s must run %s for it and for all containers that see the files,"
                            .formatted(field, signal.container(), fix)
                        + " or use delivery.notify.http"));
  }

  /** How the container would have to run, where its processes are strangers to the agent. */
  private static Optional<String> stranger(Pod pod, Container container, AgentUser agent) {
    if (!isThat(Pods.user(pod, container), agent.uid())) {
      return Optional.of(
          "as the agent's user %d; set the same runAsUser and runAsGroup".formatted(agent.uid()));
    }
    return isThat(Pods.group(pod, container), agent.gid())
        ? Optional.empty()
        : Optional.of("in the agent's group; set the same runAsGroup beside runAsUser");
  }

  private static boolean isThat(Optional<Long> said, long id) {
    return said.filter(s -> s == id).isPresent();
  }

  private static Optional<Objection> objection(
      CredentialRequest request, Reason reason, String message) {
    return Optional.of(Objection.to(request, reason, message));
  }
}
