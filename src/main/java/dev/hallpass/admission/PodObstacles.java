package dev.hallpass.admission;

import dev.hallpass.api.v1alpha1.CredentialRequest;
import dev.hallpass.api.v1alpha1.Delivery;
import dev.hallpass.wire.Reason;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Volume;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** What in a pod leaves no room for the agent. */
final class PodObstacles {
  /** On most images {@code /var/run} is a link to {@code /run}. */
  private static final List<String> PATHS = List.of(Delivery.MOUNT_PATH, "/run/hallpass");

  private PodObstacles() {}

  /**
   * What stands in the way whatever the agent would deliver; empty where nothing does.
   *
   * @param requests that select the pod, named to whoever did not know
   */
  static List<Objection> of(Pod pod, List<CredentialRequest> requests, Set<String> consumers) {
    var objections = new ArrayList<Objection>();
    var selected = selected(requests);
    var spec = pod.getSpec();
    windows(pod)
        .map(field -> "%s: the agent has no Windows build, and %s".formatted(field, selected))
        .ifPresent(m -> objections.add(new Objection(Reason.WindowsUnsupported, m)));
    if (Boolean.TRUE.equals(spec.getHostNetwork())) {
      objections.add(
          new Objection(
              Reason.HostNetworkUnsupported,
              "spec.hostNetwork: must be false, since "
                  + selected
                  + ", and one in the node's network cannot prove its address"));
    }
    takenNames(pod).forEach(name -> objections.add(taken(selected, name + "; rename it")));
    Pods.containers(pod)
        .filter(c -> consumers.contains(c.getName()))
        .forEach(c -> takenPaths(selected, c, objections));
    return objections;
  }

  private static String selected(List<CredentialRequest> requests) {
    return requests.stream()
        .map(r -> r.getMetadata().getNamespace() + "/" + r.getMetadata().getName())
        .collect(
            Collectors.joining(
                " and ",
                requests.size() == 1 ? "CredentialRequest " : "CredentialRequests ",
                requests.size() == 1 ? " selects the pod" : " select the pod"));
  }

  /** The field that asks for it. */
  private static Optional<String> windows(Pod pod) {
    var os = pod.getSpec().getOs();
    var nodes = pod.getSpec().getNodeSelector();
    if (os != null && "windows".equals(os.getName())) {
      return Optional.of("spec.os.name");
    }
    return nodes != null && "windows".equals(nodes.get("kubernetes.io/os"))
        ? Optional.of("spec.nodeSelector[kubernetes.io/os]")
        : Optional.empty();
  }

  private static List<String> takenNames(Pod pod) {
    var taken = new ArrayList<String>();
    var spec = pod.getSpec();
    // Hallpass never adds one of these here, whatever the pod claims.
    spec.getContainers().stream()
        .map(Container::getName)
        .filter(AgentContainers.NAMES::contains)
        .forEach(n -> taken.add("container " + n));
    if (!Pods.claimsInjection(pod)) {
      spec.getInitContainers().stream()
          .map(Container::getName)
          .filter(AgentContainers.NAMES::contains)
          .forEach(n -> taken.add("init container " + n));
      spec.getVolumes().stream()
          .map(Volume::getName)
          .filter(AgentContainers::isVolume)
          .forEach(n -> taken.add("volume " + n));
    }
    return taken;
  }

  private static void takenPaths(String selected, Container container, List<Objection> objections) {
    container.getVolumeMounts().stream()
        .filter(m -> !AgentContainers.isVolume(m.getName()))
        .filter(m -> PATHS.stream().anyMatch(p -> within(m.getMountPath(), p)))
        .forEach(
            m ->
                objections.add(
                    taken(
                        selected,
                        "mount %s of container %s; mount it elsewhere"
                            .formatted(m.getMountPath(), container.getName()))));
  }

  private static Objection taken(String selected, String what) {
    return new Objection(Reason.NameTaken, "%s, which has its own %s".formatted(selected, what));
  }

  private static boolean within(String path, String folder) {
    return (path + "/").startsWith(folder + "/");
  }
}
