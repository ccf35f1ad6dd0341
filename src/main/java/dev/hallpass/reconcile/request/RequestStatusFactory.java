package dev.hallpass.reconcile.request;

import dev.hallpass.api.v1alpha1.CredentialRequest;
import dev.hallpass.api.v1alpha1.CredentialRequestSpec.RequestedCredential;
import dev.hallpass.api.v1alpha1.CredentialRequestStatus;
import dev.hallpass.api.v1alpha1.Delivery;
import dev.hallpass.api.v1alpha1.HallpassApi;
import dev.hallpass.kube.Conditions;
import dev.hallpass.lease.LeaseJudge;
import dev.hallpass.policy.IssueDecider;
import dev.hallpass.policy.IssueDecision;
import dev.hallpass.policy.IssueDecision.Deny;
import dev.hallpass.provider.Drivers;
import dev.hallpass.provider.Readiness;
import dev.hallpass.reconcile.view.ClusterView;
import dev.hallpass.wire.Reason;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Makes the status of a request from what the caches hold. */
final class RequestStatusFactory {
  private final ClusterView view;
  private final Drivers drivers;
  private final Clock clock;

  RequestStatusFactory(ClusterView view, Drivers drivers, Clock clock) {
    this.view = view;
    this.drivers = drivers;
    this.clock = clock;
  }

  CredentialRequestStatus of(CredentialRequest request) {
    var meta = request.getMetadata();
    var pods =
        view.podsIn(meta.getNamespace()).stream()
            .filter(p -> selects(request, p) && live(p))
            .toList();
    var leases =
        view.leasesOfRequest(meta.getNamespace(), meta.getName()).stream()
            .filter(l -> !LeaseJudge.over(l))
            .count();
    return new CredentialRequestStatus(
        meta.getGeneration(), pods.size(), (int) leases, conditions(request, pods));
  }

  /** Whether the request is for that pod. */
  static boolean selects(CredentialRequest request, Pod pod) {
    var workload = request.getSpec().workload();
    return workload.serviceAccountName().equals(pod.getSpec().getServiceAccountName())
        && workload.selector().matches(pod.getMetadata().getLabels());
  }

  private static boolean live(Pod pod) {
    var phase = pod.getStatus() == null ? null : pod.getStatus().getPhase();
    return !pod.isMarkedForDeletion() && !"Succeeded".equals(phase) && !"Failed".equals(phase);
  }

  private List<Condition> conditions(CredentialRequest request, List<Pod> pods) {
    var old = request.getStatus() == null ? null : request.getStatus().conditions();
    return injected(request, pods, ready(request, old));
  }

  private List<Condition> ready(CredentialRequest request, @Nullable List<Condition> old) {
    var denied =
        request.getSpec().credentials().stream()
            .flatMap(c -> obstacle(request, c).stream())
            .toList();
    var holds = denied.isEmpty();
    return Conditions.with(
        old,
        Conditions.READY,
        holds,
        holds ? Reason.Ready : denied.getFirst().reason(),
        holds
            ? "every credential can be issued"
            : denied.stream().map(Deny::message).collect(Collectors.joining("; ")),
        request.getMetadata().getGeneration(),
        clock.instant());
  }

  private Optional<Deny> obstacle(CredentialRequest request, RequestedCredential credential) {
    var namespace = request.getMetadata().getNamespace();
    var provider =
        view.provider(credential.providerRef(), namespace).filter(p -> !p.isMarkedForDeletion());
    var spec = provider.map(p -> p.getSpec()).orElse(null);
    var decision =
        IssueDecider.decide(
            new IssueDecider.Input(
                credential,
                namespace,
                labels(namespace),
                spec,
                spec == null ? Set.<Delivery.Format>of() : drivers.of(spec).formats()));
    return switch (decision) {
      case Deny deny -> Optional.of(deny);
      case IssueDecision.Allow allow ->
          provider
              .flatMap(p -> Readiness.of(p).obstacle())
              .map(detail -> IssueDecider.notReady(credential, detail));
    };
  }

  private Map<String, String> labels(String namespace) {
    return view.namespace(namespace)
        .map(n -> n.getMetadata().getLabels())
        .orElseGet(Map::<String, String>of);
  }

  private List<Condition> injected(CredentialRequest request, List<Pod> pods, List<Condition> old) {
    var name = request.getMetadata().getName();
    var bare = pods.stream().filter(p -> !injectedFor(name, p)).count();
    return Conditions.with(
        old,
        Conditions.PODS_INJECTED,
        bare == 0,
        bare == 0 ? Reason.PodsInjected : Reason.PodsNotInjected,
        bare == 0
            ? "no selected pod lacks the agent"
            : "%d of %d selected pods were created without injection: label the namespace %s=enabled, and create them anew"
                .formatted(bare, pods.size(), HallpassApi.INJECTION_LABEL),
        request.getMetadata().getGeneration(),
        clock.instant());
  }

  private static boolean injectedFor(String request, Pod pod) {
    var annotations = pod.getMetadata().getAnnotations();
    var injected = annotations == null ? null : annotations.get(HallpassApi.INJECTED_ANNOTATION);
    return injected != null && Arrays.asList(injected.split(",", -1)).contains(request);
  }
}
