package dev.hallpass.admission;

import dev.hallpass.api.v1alpha1.CredentialRequest;
import dev.hallpass.api.v1alpha1.CredentialRequestSpec.RequestedCredential;
import dev.hallpass.wire.Reason;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSecurityContext;
import io.fabric8.kubernetes.api.model.SecurityContext;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What keeps the agent from signalling the containers that a request names. */
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
    var uid = user(pod.getSpec().getSecurityContext(), container.get());
    if (uid == null || uid != agent.uid()) {
      return objection(
          request,
          Reason.SignalNotPermitted,
          "%s: container %s must run as the agent's user %d; set the same runAsUser for it and for all"
                  .formatted(field, signal.container(), agent.uid())
              + " containers that see the files, or use delivery.notify.http");
    }
    return Optional.empty();
  }

  private static Optional<Objection> objection(
      CredentialRequest request, Reason reason, String message) {
    return Optional.of(Objection.to(request, reason, message));
  }

  private static @Nullable Long user(@Nullable PodSecurityContext pod, Container container) {
    SecurityContext own = container.getSecurityContext();
    if (own != null && own.getRunAsUser() != null) {
      return own.getRunAsUser();
    }
    return pod == null ? null : pod.getRunAsUser();
  }
}
