package dev.hallpass.admission;

import static java.util.stream.Collectors.toUnmodifiableMap;

import dev.hallpass.admission.InjectionDecision.Inject;
import dev.hallpass.admission.InjectionDecision.Leave;
import dev.hallpass.admission.InjectionPlan.PlannedCredential;
import dev.hallpass.api.v1alpha1.CredentialProviderSpec;
import dev.hallpass.api.v1alpha1.CredentialRequest;
import dev.hallpass.api.v1alpha1.HallpassApi;
import dev.hallpass.kube.Catalog;
import dev.hallpass.policy.PathCollisions;
import dev.hallpass.provider.Offer;
import dev.hallpass.wire.Reason;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Decides what happens to a pod at its creation, from the pod and what was seen of the cluster. It
 * mints nothing and writes nothing, so that a dry run is like any other.
 */
public final class InjectionDecider {
  private static final Set<String> CLUSTER_NAMESPACES =
      Set.of("kube-system", "kube-public", "kube-node-lease");

  /** What is applied together is made within that time. */
  private static final Duration TOGETHER = Duration.ofMinutes(1);

  private final InjectionSettings settings;
  private final Catalog seen;
  private final Catalog now;
  private final CredentialCheck credentials;
  private final Supplier<String> trustBundle;
  private final Clock clock;

  /**
   * Decides by what was seen.
   *
   * @param seen what was last seen
   * @param now what the API server has now
   * @param offers what the target of a provider can deliver
   * @param trustBundle PEM certificates that agents verify the broker with; blank while there are
   *     none
   * @param clock tells what is new
   */
  public InjectionDecider(
      InjectionSettings settings,
      Catalog seen,
      Catalog now,
      Function<CredentialProviderSpec, Offer> offers,
      Supplier<String> trustBundle,
      Clock clock) {
    this.settings = settings;
    this.seen = seen;
    this.now = now;
    this.credentials = new CredentialCheck(seen, offers);
    this.trustBundle = trustBundle;
    this.clock = clock;
  }

  /** Decides about a pod that is being created in this namespace. */
  public InjectionDecision decide(Pod pod, String namespace) {
    if (isSystem(namespace)) {
      return new Leave();
    }
    if (!seen.isReady()) {
      return Objection.refusal(
          List.of(new Objection(Reason.NotReady, "Hallpass is starting; try again in a moment")));
    }
    return switch (RequestSelection.of(pod, seen.requests(namespace))) {
      case RequestSelection.Selected selected ->
          isBehind(pod, namespace, selected)
              ? beingRead()
              : plan(pod, namespace, selected.requests());
      case RequestSelection.OtherServiceAccount other ->
          Objection.refusal(mismatches(pod, other.requests()));
      case RequestSelection.None ignored -> leave(pod, namespace);
    };
  }

  /**
   * A cache that lags must not let a pod start without its credentials: before a pod is left alone,
   * the API server itself is asked.
   */
  private InjectionDecision leave(Pod pod, String namespace) {
    if (!(RequestSelection.of(pod, now.requests(namespace)) instanceof RequestSelection.None)) {
      return beingRead();
    }
    return Pods.claimsInjection(pod) ? Objection.refusal(List.of(unfounded())) : new Leave();
  }

  /**
   * Whether the API server has other requests for the pod than were seen. It is asked only where
   * one of the namespace was made just now: then another may have been, that is not seen yet.
   */
  private boolean isBehind(Pod pod, String namespace, RequestSelection.Selected known) {
    var since = clock.instant().minus(TOGETHER);
    return seen.requests(namespace).stream()
            .map(r -> r.getMetadata().getCreationTimestamp())
            .anyMatch(made -> made != null && Instant.parse(made).isAfter(since))
        && !(RequestSelection.of(pod, now.requests(namespace))
                instanceof RequestSelection.Selected(var current)
            && editions(current).equals(editions(known.requests())));
  }

  private static Map<String, Long> editions(List<CredentialRequest> requests) {
    return requests.stream()
        .map(CredentialRequest::getMetadata)
        .collect(
            toUnmodifiableMap(
                ObjectMeta::getUid, meta -> Objects.requireNonNullElse(meta.getGeneration(), 0L)));
  }

  private static InjectionDecision beingRead() {
    return Objection.refusal(
        List.of(
            new Objection(
                Reason.NotReady, "a new CredentialRequest is being read; try again in a moment")));
  }

  private InjectionDecision plan(Pod pod, String namespace, List<CredentialRequest> requests) {
    var found = seen.namespace(namespace);
    var bundle = trustBundle.get();
    if (found.isEmpty() || bundle.isBlank()) {
      var missing = found.isEmpty() ? "namespace " + namespace : "the broker's certificate";
      return Objection.refusal(
          List.of(
              new Objection(
                  Reason.NotReady,
                  "%s is not known yet; try again in a moment".formatted(missing))));
    }
    var views = Views.of(pod, requests);
    var consumers = views.consumers();
    var objections = new ArrayList<>(PodObstacles.of(pod, requests, consumers));
    var labels =
        Objects.requireNonNullElse(found.get().getMetadata().getLabels(), Map.<String, String>of());
    requests.forEach(r -> objections.addAll(credentials.objections(pod, r, labels)));
    objections.addAll(views.objections());
    objections.addAll(collisions(requests));
    var user = AgentUser.of(pod, consumers);
    requests.forEach(
        r -> {
          objections.addAll(SignalObstacles.of(pod, user, r));
          objections.addAll(ModeObstacles.of(pod, user, views.all(), r));
        });
    if (!objections.isEmpty()) {
      return Objection.refusal(objections);
    }
    return new Inject(
        new InjectionPlan(
            planned(requests),
            views.all(),
            user,
            Pods.freePort(pod, settings.readyPort()),
            bundle));
  }

  /** The webhook's own selector excludes these too; a cluster must survive its being edited. */
  private boolean isSystem(String namespace) {
    return namespace.equals(settings.systemNamespace()) || CLUSTER_NAMESPACES.contains(namespace);
  }

  private static List<PlannedCredential> planned(List<CredentialRequest> requests) {
    return requests.stream()
        .flatMap(
            r ->
                r.getSpec().credentials().stream()
                    .map(
                        c ->
                            new PlannedCredential(
                                r.getMetadata().getName(),
                                c.name(),
                                c.delivery().mode(),
                                c.delivery().notification())))
        .toList();
  }

  private static List<Objection> collisions(List<CredentialRequest> requests) {
    var asked =
        requests.stream()
            .flatMap(
                r ->
                    r.getSpec().credentials().stream()
                        .map(c -> new PathCollisions.Asked(r.getMetadata().getName(), c)))
            .toList();
    var objections = new ArrayList<Objection>();
    for (var collision : PathCollisions.among(asked)) {
      requests.stream()
          .filter(r -> r.getMetadata().getName().equals(collision.request()))
          .map(r -> Objection.to(r, collision.deny().reason(), collision.deny().message()))
          .forEach(objections::add);
    }
    return objections;
  }

  private static List<Objection> mismatches(Pod pod, List<CredentialRequest> requests) {
    return requests.stream()
        .map(
            r ->
                Objection.to(
                    r,
                    Reason.ServiceAccountMismatch,
                    "spec.workload.serviceAccountName: selects the labels of this pod, but for"
                        + " service account %s, and the pod runs as %s; correct either, or the labels"
                            .formatted(
                                r.getSpec().workload().serviceAccountName(),
                                Pods.serviceAccount(pod))))
        .toList();
  }

  private static Objection unfounded() {
    return new Objection(
        Reason.NotSelected,
        "metadata.annotations[%s]: no CredentialRequest selects this pod; remove the annotation, and"
                .formatted(HallpassApi.INJECTED_ANNOTATION)
            + " the containers, volumes and mounts named hallpass-*");
  }
}
