package dev.hallpass.reconcile.request;

import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.api.v1alpha1.CredentialRequest;
import dev.hallpass.api.v1alpha1.CredentialRequestSpec.RequestedCredential;
import dev.hallpass.api.v1alpha1.CredentialRequestStatus;
import dev.hallpass.api.v1alpha1.HallpassApi;
import dev.hallpass.kube.Conditions;
import dev.hallpass.kube.Statement;
import dev.hallpass.lease.LeaseJudge;
import dev.hallpass.lease.PodStanding;
import dev.hallpass.lease.RevokeOrder;
import dev.hallpass.policy.FetchedOnce;
import dev.hallpass.policy.IssueDecider;
import dev.hallpass.policy.IssueDecision;
import dev.hallpass.policy.IssueDecision.Deny;
import dev.hallpass.provider.Drivers;
import dev.hallpass.provider.Readiness;
import dev.hallpass.reconcile.view.ClusterView;
import dev.hallpass.wire.Reason;
import io.fabric8.kubernetes.api.model.Condition;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Makes the status of a request from what the caches hold. */
final class RequestStatusFactory {
  private final ClusterView view;
  private final Drivers drivers;
  private final PolicyWord policies;
  private final Clock clock;

  RequestStatusFactory(ClusterView view, Drivers drivers, PolicyWord policies, Clock clock) {
    this.view = view;
    this.drivers = drivers;
    this.policies = policies;
    this.clock = clock;
  }

  /** The pods that the request concerns. */
  PodCensus pods(CredentialRequest request) {
    var meta = request.getMetadata();
    return PodCensus.of(
        request,
        view.podsIn(meta.getNamespace()),
        view.requestsIn(meta.getNamespace()),
        leases(request),
        clock.instant());
  }

  CredentialRequestStatus of(CredentialRequest request, PodCensus pods) {
    return new CredentialRequestStatus(
        request.getMetadata().getGeneration(),
        pods.selected(),
        pods.injected(),
        pods.waiting(),
        pods.failing(),
        (int) leases(request).stream().filter(l -> !LeaseJudge.over(l)).count(),
        conditions(request, pods));
  }

  private List<CredentialLease> leases(CredentialRequest request) {
    return view.leasesOfRequest(
        request.getMetadata().getNamespace(), request.getMetadata().getName());
  }

  private List<Condition> conditions(CredentialRequest request, PodCensus pods) {
    var old = request.getStatus() == null ? null : request.getStatus().conditions();
    var now = clock.instant();
    var labels = labels(request.getMetadata().getNamespace());
    var ready = ready(request, old);
    var injected = InjectionCondition.with(ready, request, pods, labels, now);
    return ServedCondition.with(injected, request, pods, hindrance(request, pods, ready), now);
  }

  /** What the first unserved pod lacks a credential for; policies are asked only where it fails. */
  private Optional<Hindrance> hindrance(
      CredentialRequest request, PodCensus pods, List<Condition> conditions) {
    if (pods.unserved().isEmpty()) {
      return Optional.empty();
    }
    var pod = pods.unserved().getFirst();
    var ofRequest = leases(request);
    var leases =
        ofRequest.stream()
            .filter(l -> l.getSpec().pod().uid().equals(pod.getMetadata().getUid()))
            .toList();
    var lacking = PodStanding.lacking(request, pod, ofRequest);
    var fails = pods.failing() > 0;
    var found =
        Hindrance.of(
            Conditions.find(conditions, Conditions.READY).orElseThrow(),
            pod,
            leases,
            () -> fails ? policies.against(request, pod, lacking) : Optional.empty(),
            clock.instant());
    return fails ? found.or(() -> Optional.of(Hindrance.unknown(pod, leases))) : found;
  }

  private List<Condition> ready(CredentialRequest request, @Nullable List<Condition> old) {
    var neighbours = view.requestsIn(request.getMetadata().getNamespace());
    var denied =
        Stream.of(
                revokeOrder(request).stream(),
                accountMissing(request).stream(),
                request.getSpec().credentials().stream()
                    .flatMap(c -> obstacle(request, c).stream()),
                Neighbours.collisions(request, neighbours).stream())
            .flatMap(d -> d)
            .toList();
    Statement said =
        denied.isEmpty()
            ? new Statement.Holds(Conditions.READY, Reason.Ready, issuable(request))
            : new Statement.Fails(
                Conditions.READY,
                denied.getFirst().reason(),
                denied.stream().map(Deny::message).collect(Collectors.joining("; ")));
    return Conditions.with(old, said, request.getMetadata().getGeneration(), clock.instant());
  }

  private String issuable(CredentialRequest request) {
    var notes =
        request.getSpec().credentials().stream()
            .flatMap(
                c ->
                    view
                        .provider(c.providerRef(), request.getMetadata().getNamespace())
                        .flatMap(p -> FetchedOnce.note(c, drivers.offer(p.getSpec())))
                        .stream());
    return Stream.concat(Stream.of("every credential can be issued"), notes)
        .collect(Collectors.joining("; "));
  }

  private Optional<Deny> revokeOrder(CredentialRequest request) {
    return RevokeOrder.of(request).covers(clock.instant())
        ? Optional.of(
            new Deny(
                Reason.RevocationAsked,
                "metadata.annotations[%s]: nothing is issued before it is removed"
                    .formatted(HallpassApi.REVOKE_ANNOTATION)))
        : Optional.empty();
  }

  private Optional<Deny> accountMissing(CredentialRequest request) {
    var account = request.getSpec().workload().serviceAccountName();
    var namespace = request.getMetadata().getNamespace();
    return view.serviceAccount(namespace, account).isPresent()
        ? Optional.empty()
        : Optional.of(
            new Deny(
                Reason.ServiceAccountNotFound,
                "spec.workload.serviceAccountName: there is no service account %s in namespace %s; create it, or correct the name"
                    .formatted(account, namespace)));
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
                spec == null ? null : drivers.offer(spec)));
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
}
