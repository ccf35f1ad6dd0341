package dev.hallpass.reconcile.lease;

import dev.hallpass.api.v1alpha1.BreakGlass;
import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.api.v1alpha1.CredentialProviderSpec;
import dev.hallpass.api.v1alpha1.CredentialProviderStatus;
import dev.hallpass.api.v1alpha1.CredentialRequest;
import dev.hallpass.api.v1alpha1.EndedBy;
import dev.hallpass.kube.Catalog;
import dev.hallpass.lease.LeaseFacts;
import dev.hallpass.lease.LeaseFacts.NamespaceFacts;
import dev.hallpass.policy.BreakGlassWindow;
import dev.hallpass.reconcile.view.ClusterView;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Gathers what the end of a lease depends on: from caches first, from the API server to be sure.
 */
final class FactsReader {
  private final ClusterView view;
  private final KubernetesClient client;
  private final Catalog live;
  private final NodeWatch nodes;
  private final Duration longest;
  private final Clock clock;

  /**
   * Reads through these.
   *
   * @param longest what a break-glass may last
   */
  FactsReader(
      ClusterView view, KubernetesClient client, Catalog live, Duration longest, Clock clock) {
    this.longest = longest;
    this.view = view;
    this.client = client;
    this.live = live;
    this.nodes = new NodeWatch(clock);
    this.clock = clock;
    view.nodes().addEventHandler(nodes);
  }

  /** The facts as the caches have them. */
  LeaseFacts cached(CredentialLease lease) {
    var namespace = lease.getMetadata().getNamespace();
    var spec = lease.getSpec();
    var pod = view.pod(namespace, spec.pod().name()).orElse(null);
    return new LeaseFacts(
        lease,
        pod,
        lostSince(lease, pod, view::node),
        created(view.serviceAccount(namespace, spec.pod().serviceAccountName()).orElse(null)),
        view.request(namespace, spec.requestRef().name()).orElse(null),
        offered(view.provider(spec.providerRef(), namespace)),
        successor(lease),
        breakGlassEnds(lease, view::breakGlass),
        facts(view.namespace(namespace).orElse(null)),
        clock.instant());
  }

  /**
   * The same facts, but those that such an end rests on read from the API server.
   *
   * @throws io.fabric8.kubernetes.client.KubernetesClientException where it does not answer
   */
  LeaseFacts confirmed(LeaseFacts facts, EndedBy by) {
    var rests = restsOn(by);
    var lease = facts.lease();
    var pod = rests.contains(Source.POD) ? livePod(lease) : facts.pod();
    return new LeaseFacts(
        lease,
        pod,
        rests.contains(Source.NODE) ? lostSince(lease, pod, this::liveNode) : facts.nodeLostSince(),
        rests.contains(Source.SERVICE_ACCOUNT)
            ? created(liveServiceAccount(lease))
            : facts.serviceAccountSince(),
        rests.contains(Source.REQUEST) ? liveRequest(lease) : facts.request(),
        rests.contains(Source.PROVIDER)
            ? offered(
                live.provider(lease.getSpec().providerRef(), lease.getMetadata().getNamespace()))
            : facts.provider(),
        rests.contains(Source.SUCCESSOR) ? liveSuccessor(facts) : facts.successor(),
        rests.contains(Source.BREAK_GLASS)
            ? breakGlassEnds(lease, this::liveBreakGlass)
            : facts.breakGlassEnds(),
        rests.contains(Source.NAMESPACE) ? facts(liveNamespace(lease)) : facts.namespace(),
        facts.now());
  }

  /** What can be read again at the API server. */
  private enum Source {
    POD,
    NODE,
    SERVICE_ACCOUNT,
    REQUEST,
    PROVIDER,
    SUCCESSOR,
    BREAK_GLASS,
    NAMESPACE
  }

  private static Set<Source> restsOn(EndedBy by) {
    return switch (by) {
      // Without its service account, in a namespace that ends, a pod is taken for over.
      case PodDeleted -> EnumSet.of(Source.POD, Source.SERVICE_ACCOUNT, Source.NAMESPACE);
      case NodeLost -> EnumSet.of(Source.POD, Source.NODE);
      case ServiceAccountDeleted -> EnumSet.of(Source.SERVICE_ACCOUNT);
      case RequestDeleted, RequestChanged -> EnumSet.of(Source.POD, Source.REQUEST);
      case ProviderChanged -> EnumSet.of(Source.PROVIDER, Source.NAMESPACE);
      case Superseded -> EnumSet.of(Source.SUCCESSOR);
      case BreakGlassEnded -> EnumSet.of(Source.BREAK_GLASS);
      // The policies were asked about what the API server has: PolicyReview.
      case PolicyWithdrawn -> EnumSet.noneOf(Source.class);
      // The lease says it itself, and the write that ends it is conditional on what was read; or
      // the pod was seen in a state that it never leaves; or somebody has asked for it.
      case PodCompleted, Expired, Requested, Unacknowledged, ApprovalDenied, ApprovalTimedOut ->
          EnumSet.noneOf(Source.class);
    };
  }

  /** Only one that was active: what the pod never confirmed took no place. */
  private @Nullable CredentialLease successor(CredentialLease lease) {
    return view.successors(lease).stream().filter(l -> succeeds(l, lease)).findFirst().orElse(null);
  }

  private static boolean succeeds(CredentialLease newer, CredentialLease older) {
    var replaces = newer.getSpec().replaces();
    var status = newer.getStatus();
    return replaces != null
        && replaces.lease().equals(older.getMetadata().getName())
        && newer.getSpec().pod().uid().equals(older.getSpec().pod().uid())
        && status != null
        && status.activatedAt() != null;
  }

  private @Nullable Pod livePod(CredentialLease lease) {
    return client
        .pods()
        .inNamespace(lease.getMetadata().getNamespace())
        .withName(lease.getSpec().pod().name())
        .get();
  }

  private Optional<Node> liveNode(String name) {
    return Optional.ofNullable(client.nodes().withName(name).get());
  }

  private @Nullable Instant lostSince(
      CredentialLease lease, @Nullable Pod pod, Function<String, Optional<Node>> find) {
    var name = pod == null ? null : pod.getSpec().getNodeName();
    if (name == null) {
      name = lease.getSpec().pod().nodeName();
    }
    return name == null ? null : nodes.lostSince(name, find.apply(name).orElse(null));
  }

  private @Nullable ServiceAccount liveServiceAccount(CredentialLease lease) {
    return client
        .serviceAccounts()
        .inNamespace(lease.getMetadata().getNamespace())
        .withName(lease.getSpec().pod().serviceAccountName())
        .get();
  }

  private @Nullable CredentialRequest liveRequest(CredentialLease lease) {
    return client
        .resources(CredentialRequest.class)
        .inNamespace(lease.getMetadata().getNamespace())
        .withName(lease.getSpec().requestRef().name())
        .get();
  }

  private @Nullable Namespace liveNamespace(CredentialLease lease) {
    return client.namespaces().withName(lease.getMetadata().getNamespace()).get();
  }

  private @Nullable CredentialLease liveSuccessor(LeaseFacts facts) {
    var successor =
        client
            .resources(CredentialLease.class)
            .inNamespace(facts.lease().getMetadata().getNamespace())
            .withName(Objects.requireNonNull(facts.successor()).getMetadata().getName())
            .get();
    return successor != null && succeeds(successor, facts.lease()) ? successor : null;
  }

  private Optional<BreakGlass> liveBreakGlass(String namespace, String name) {
    return Optional.ofNullable(
        client.resources(BreakGlass.class).inNamespace(namespace).withName(name).get());
  }

  private @Nullable Instant breakGlassEnds(
      CredentialLease lease, BiFunction<String, String, Optional<BreakGlass>> find) {
    var named = lease.getSpec().breakGlass();
    return named == null
        ? null
        : find.apply(lease.getMetadata().getNamespace(), named.name())
            .filter(b -> b.getMetadata().getUid().equals(named.uid()))
            .map(b -> BreakGlassWindow.of(b, longest).ends())
            .orElse(null);
  }

  private static @Nullable CredentialProviderSpec offered(
      Optional<? extends CustomResource<CredentialProviderSpec, CredentialProviderStatus>>
          provider) {
    return provider.filter(p -> !p.isMarkedForDeletion()).map(CustomResource::getSpec).orElse(null);
  }

  private static @Nullable Instant created(@Nullable ServiceAccount account) {
    return account == null ? null : Instant.parse(account.getMetadata().getCreationTimestamp());
  }

  private static NamespaceFacts facts(@Nullable Namespace namespace) {
    if (namespace == null) {
      return new NamespaceFacts(Map.of(), true);
    }
    var labels = namespace.getMetadata().getLabels();
    return new NamespaceFacts(labels == null ? Map.of() : labels, namespace.isMarkedForDeletion());
  }
}
