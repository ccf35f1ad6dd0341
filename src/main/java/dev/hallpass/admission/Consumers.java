package dev.hallpass.admission;

import dev.hallpass.api.v1alpha1.CredentialRequest;
import dev.hallpass.api.v1alpha1.CredentialRequestSpec.RequestedCredential;
import dev.hallpass.wire.Reason;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Which containers see the files of a pod's credentials.
 *
 * <p>A pod has one volume, so its credentials go to the same containers. Where requests name
 * different ones the pod is refused, rather than a container shown what it was not meant to see.
 *
 * @param names of the containers, init containers first
 * @param objections empty where the names can be used
 */
record Consumers(Set<String> names, List<Objection> objections) {

  static Consumers of(Pod pod, List<CredentialRequest> requests) {
    var present = Pods.containers(pod).map(Container::getName).toList();
    var names = new LinkedHashSet<String>();
    var objections = new ArrayList<Objection>();
    for (var request : requests) {
      for (var credential : request.getSpec().credentials()) {
        var field = "spec.credentials[%s].delivery.containers".formatted(credential.name());
        var wanted = wanted(pod, credential);
        var unknown = wanted.stream().filter(n -> !present.contains(n)).toList();
        if (!unknown.isEmpty()) {
          objections.add(
              Objection.to(
                  request,
                  Reason.ContainerUnknown,
                  "%s: the pod has no container %s, only %s"
                      .formatted(field, String.join(", ", unknown), String.join(", ", present))));
        } else if (names.isEmpty()) {
          names.addAll(wanted);
        } else if (!names.equals(wanted)) {
          objections.add(
              Objection.to(
                  request,
                  Reason.ContainersDiffer,
                  "%s: names %s, but another credential of this pod goes to %s; name the same"
                      .formatted(field, String.join(", ", wanted), String.join(", ", names))));
        }
      }
    }
    return new Consumers(names, List.copyOf(objections));
  }

  private static Set<String> wanted(Pod pod, RequestedCredential credential) {
    var named = credential.delivery().containers();
    if (named != null && !named.isEmpty()) {
      return new LinkedHashSet<>(named);
    }
    var before = names(pod, true);
    return before.isEmpty() ? names(pod, false) : before;
  }

  /**
   * Another webhook may have added containers since the pod was injected. They are not the
   * workload's, so they see nothing: the containers that mount the volume are the record of who was
   * there.
   */
  private static Set<String> names(Pod pod, boolean mounting) {
    var names = new LinkedHashSet<String>();
    Pods.containers(pod)
        .filter(c -> !mounting || (Pods.claimsInjection(pod) && Pods.mountsCredentials(c)))
        .forEach(c -> names.add(c.getName()));
    return names;
  }
}
