package dev.hallpass.admission;

import dev.hallpass.api.v1alpha1.CredentialRequest;
import dev.hallpass.api.v1alpha1.CredentialRequestSpec.RequestedCredential;
import dev.hallpass.wire.Reason;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which containers see which of a pod's credentials.
 *
 * @param all views, each of at least one container and one credential
 * @param objections empty where the views can be used
 */
record Views(List<View> all, List<Objection> objections) {

  static Views of(Pod pod, List<CredentialRequest> requests) {
    var seen = new LinkedHashMap<String, Set<String>>();
    Pods.containers(pod).forEach(c -> seen.put(c.getName(), new LinkedHashSet<>()));
    var objections = new ArrayList<Objection>();
    for (var request : requests) {
      for (var credential : request.getSpec().credentials()) {
        var wanted = wanted(pod, credential);
        var unknown = wanted.stream().filter(n -> !seen.containsKey(n)).toList();
        if (!unknown.isEmpty()) {
          objections.add(unknown(request, credential, unknown, seen.keySet()));
          continue;
        }
        var name = request.getMetadata().getName() + "/" + credential.name();
        wanted.forEach(
            container -> seen.computeIfAbsent(container, c -> new LinkedHashSet<>()).add(name));
      }
    }
    return new Views(grouped(seen), List.copyOf(objections));
  }

  /** The containers that see any credential, init containers first. */
  Set<String> consumers() {
    return all.stream()
        .flatMap(v -> v.containers().stream())
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  private static List<View> grouped(Map<String, Set<String>> seen) {
    var groups = new LinkedHashMap<Set<String>, Set<String>>();
    seen.forEach(
        (container, credentials) -> {
          if (!credentials.isEmpty()) {
            groups.computeIfAbsent(credentials, c -> new LinkedHashSet<>()).add(container);
          }
        });
    var views = new ArrayList<View>();
    groups.forEach(
        (credentials, containers) ->
            views.add(new View(views.size() + 1, containers, credentials)));
    return List.copyOf(views);
  }

  private static Set<String> wanted(Pod pod, RequestedCredential credential) {
    var named = credential.delivery().containers();
    if (named != null && !named.isEmpty()) {
      return new LinkedHashSet<>(named);
    }
    var before =
        Pods.containers(pod)
            .filter(c -> Pods.claimsInjection(pod) && Pods.mountsCredentials(c))
            .toList();
    return names(before.isEmpty() ? Pods.containers(pod).toList() : before);
  }

  /**
   * Another webhook may have added containers since the pod was injected. They are not the
   * workload's, so they see nothing: the containers that mount a view's volume are the record of
   * who was there.
   */
  private static Set<String> names(List<Container> containers) {
    return containers.stream()
        .map(Container::getName)
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  private static Objection unknown(
      CredentialRequest request,
      RequestedCredential credential,
      List<String> unknown,
      Set<String> present) {
    return Objection.to(
        request,
        Reason.ContainerUnknown,
        "spec.credentials[%s].delivery.containers: the pod has no container %s, only %s"
            .formatted(credential.name(), String.join(", ", unknown), String.join(", ", present)));
  }
}
