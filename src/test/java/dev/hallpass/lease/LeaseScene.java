package dev.hallpass.lease;

import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.api.v1alpha1.CredentialLeaseSpec;
import dev.hallpass.api.v1alpha1.CredentialLeaseStatus;
import dev.hallpass.api.v1alpha1.CredentialLeaseStatus.LeasePhase;
import dev.hallpass.api.v1alpha1.CredentialProviderSpec;
import dev.hallpass.api.v1alpha1.CredentialRequest;
import dev.hallpass.api.v1alpha1.CredentialRequestSpec;
import dev.hallpass.api.v1alpha1.Delivery;
import dev.hallpass.api.v1alpha1.PodSelector;
import dev.hallpass.api.v1alpha1.ProviderRef;
import dev.hallpass.lease.LeaseFacts.NamespaceFacts;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.ContainerStatusBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A lease in good order, and whatever a test changes about it. */
final class LeaseScene {
  static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");
  static final Instant CREATED = NOW.minusSeconds(900);

  private Instant created = CREATED;
  private boolean leaseDeleted;
  private boolean hasStatus = true;
  private LeasePhase phase = LeasePhase.Active;
  private @Nullable Instant expiresAt = NOW.plusSeconds(600);
  private @Nullable Instant revokedAt;
  private @Nullable Instant activeSince;
  private boolean hasPod = true;
  private String podUid = "pod-1";
  private String podPhase = "Running";
  private @Nullable String podReason;
  private String restartPolicy = "Always";
  private @Nullable Instant podDeletedBy;
  private List<ContainerScene> containers = List.of(container("app").running());
  private List<ContainerScene> sidecars = List.of();
  private @Nullable Instant nodeLostSince;
  private boolean underBreakGlass;
  private @Nullable Instant breakGlassEnds;
  private @Nullable Instant successorSince;
  private Delivery.Mode mode = Delivery.Mode.Sidecar;
  private boolean hasRequest = true;
  private boolean requestDeleted;
  private String requestUid = "request-1";
  private String serviceAccount = "orders";
  private Map<String, String> selector = Map.of("app", "orders");
  private String credential = "db";
  private String access = "reader";
  private ProviderRef asked = provider("orders-postgres");
  private ProviderRef held = provider("orders-postgres");
  private boolean hasProvider = true;
  private String offered = "reader";
  private String cap = "1h";
  private CredentialProviderSpec.@Nullable AllowedNamespaces allowed;
  private boolean terminating;
  private @Nullable Instant serviceAccountSince = NOW.minusSeconds(86_400);
  private @Nullable String revokeOnLease;
  private @Nullable String revokeOnPod;
  private @Nullable String revokeOnRequest;

  static final class ContainerScene {
    private final ContainerBuilder spec = new ContainerBuilder();
    private final ContainerStatusBuilder status = new ContainerStatusBuilder();
    private boolean reported;

    private ContainerScene(String name) {
      spec.withName(name);
      status.withName(name);
    }

    ContainerScene running() {
      reported = true;
      status.withNewState().withNewRunning().endRunning().endState();
      return this;
    }

    ContainerScene waiting() {
      reported = true;
      status.withNewState().withNewWaiting().endWaiting().endState();
      return this;
    }

    ContainerScene terminated(int exitCode) {
      reported = true;
      status.withNewState().withNewTerminated().withExitCode(exitCode).endTerminated().endState();
      return this;
    }

    ContainerScene restartPolicy(String policy) {
      spec.withRestartPolicy(policy);
      return this;
    }
  }

  static LeaseScene scene() {
    return new LeaseScene();
  }

  static ContainerScene container(String name) {
    return new ContainerScene(name);
  }

  LeaseScene created(Instant at) {
    created = at;
    return this;
  }

  LeaseScene leaseDeleted() {
    leaseDeleted = true;
    return this;
  }

  LeaseScene withoutStatus() {
    hasStatus = false;
    return this;
  }

  LeaseScene phase(LeasePhase is) {
    phase = is;
    return this;
  }

  LeaseScene expiresAt(@Nullable Instant at) {
    expiresAt = at;
    return this;
  }

  LeaseScene revokedAt(Instant at) {
    revokedAt = at;
    return this;
  }

  /** When the Active condition last changed. */
  LeaseScene activeSince(Instant at) {
    activeSince = at;
    return this;
  }

  LeaseScene withoutPod() {
    hasPod = false;
    return this;
  }

  LeaseScene podUid(String uid) {
    podUid = uid;
    return this;
  }

  LeaseScene podPhase(String is) {
    podPhase = is;
    return this;
  }

  LeaseScene podReason(String is) {
    podReason = is;
    return this;
  }

  LeaseScene restartPolicy(String policy) {
    restartPolicy = policy;
    return this;
  }

  LeaseScene podDeletedBy(Instant deadline) {
    podDeletedBy = deadline;
    return this;
  }

  LeaseScene containers(ContainerScene... are) {
    containers = List.of(are);
    return this;
  }

  LeaseScene sidecar(ContainerScene is) {
    sidecars = List.of(is.restartPolicy("Always"));
    return this;
  }

  LeaseScene nodeLostSince(Instant since) {
    nodeLostSince = since;
    return this;
  }

  LeaseScene withoutRequest() {
    hasRequest = false;
    return this;
  }

  LeaseScene requestDeleted() {
    requestDeleted = true;
    return this;
  }

  LeaseScene requestUid(String uid) {
    requestUid = uid;
    return this;
  }

  LeaseScene requestServiceAccount(String name) {
    serviceAccount = name;
    return this;
  }

  LeaseScene requestSelects(String key, String value) {
    selector = Map.of(key, value);
    return this;
  }

  LeaseScene requestAsks(String name, String level, String provider) {
    credential = name;
    access = level;
    asked = provider(provider);
    return this;
  }

  LeaseScene init() {
    mode = Delivery.Mode.Init;
    return this;
  }

  LeaseScene successorSince(Instant activatedAt) {
    successorSince = activatedAt;
    return this;
  }

  LeaseScene withoutProvider() {
    hasProvider = false;
    return this;
  }

  LeaseScene providerOffers(String level) {
    offered = level;
    return this;
  }

  LeaseScene providerCaps(String maxTtl) {
    cap = maxTtl;
    return this;
  }

  LeaseScene clusterProvider(String allowedNamespace) {
    asked = new ProviderRef(ProviderRef.Kind.ClusterCredentialProvider, "orders-postgres");
    held = asked;
    allowed = new CredentialProviderSpec.AllowedNamespaces(List.of(allowedNamespace), null);
    return this;
  }

  LeaseScene namespaceTerminating() {
    terminating = true;
    return this;
  }

  LeaseScene serviceAccountSince(@Nullable Instant since) {
    serviceAccountSince = since;
    return this;
  }

  LeaseScene revokeOnLease(String order) {
    revokeOnLease = order;
    return this;
  }

  LeaseScene underBreakGlass(@Nullable Instant ends) {
    underBreakGlass = true;
    breakGlassEnds = ends;
    return this;
  }

  LeaseScene revokeOnPod(String order) {
    revokeOnPod = order;
    return this;
  }

  LeaseScene revokeOnRequest(String order) {
    revokeOnRequest = order;
    return this;
  }

  private static Map<String, String> order(@Nullable String value) {
    return value == null ? Map.of() : Map.of("hallpass.dev/revoke", value);
  }

  LeaseFacts facts() {
    return new LeaseFacts(
        lease(),
        hasPod ? pod() : null,
        nodeLostSince,
        serviceAccountSince,
        hasRequest ? request() : null,
        hasProvider ? provider() : null,
        successorSince == null ? null : successor(successorSince),
        breakGlassEnds,
        new NamespaceFacts(Map.of(), terminating),
        NOW);
  }

  private CredentialLease lease() {
    var lease = new CredentialLease();
    lease.setMetadata(
        new ObjectMetaBuilder()
            .withName("orders-db")
            .withNamespace("shop")
            .withUid("11111111-2222-3333-4444-555555555555")
            .withCreationTimestamp(created.toString())
            .withDeletionTimestamp(leaseDeleted ? NOW.toString() : null)
            .withAnnotations(order(revokeOnLease))
            .build());
    lease.setSpec(
        new CredentialLeaseSpec(
            new CredentialLeaseSpec.RequestRef("orders-db", "request-1"),
            "db",
            new CredentialLeaseSpec.PodRef("orders-1", "pod-1", "orders", "node-1"),
            held,
            "reader",
            "15m",
            "24h",
            mode,
            "team-orders",
            "read orders",
            null,
            underBreakGlass
                ? new CredentialLeaseSpec.BreakGlassRef("inc-7", "glass-1", List.of("approval"))
                : null));
    lease.setStatus(hasStatus ? status() : null);
    return lease;
  }

  /** Takes the lease's place, with two minutes for both. */
  private static CredentialLease successor(Instant activatedAt) {
    var lease = new CredentialLease();
    lease.setMetadata(new ObjectMetaBuilder().withName("orders-db-2").build());
    lease.setSpec(
        new CredentialLeaseSpec(
            new CredentialLeaseSpec.RequestRef("orders-db", "request-1"),
            "db",
            new CredentialLeaseSpec.PodRef("orders-1", "pod-1", "orders", "node-1"),
            provider("orders-postgres"),
            "reader",
            "15m",
            "24h",
            Delivery.Mode.Sidecar,
            "team-orders",
            "read orders",
            new CredentialLeaseSpec.Replaced("orders-db", "120s"),
            null));
    lease.setStatus(
        new CredentialLeaseStatus(
            LeasePhase.Active, 1L, "hp_0_2", activatedAt.toString(), null, null, List.of()));
    return lease;
  }

  private CredentialLeaseStatus status() {
    return new CredentialLeaseStatus(
        phase,
        1L,
        "hp_0_1",
        null,
        expiresAt == null ? null : expiresAt.toString(),
        null,
        null,
        revokedAt == null ? null : revokedAt.toString(),
        null,
        conditions());
  }

  private List<Condition> conditions() {
    return activeSince == null
        ? List.of()
        : List.of(
            new ConditionBuilder()
                .withType("Active")
                .withStatus("False")
                .withLastTransitionTime(activeSince.toString())
                .build());
  }

  private Pod pod() {
    return new PodBuilder()
        .withNewMetadata()
        .withName("orders-1")
        .withNamespace("shop")
        .withUid(podUid)
        .withLabels(Map.of("app", "orders"))
        .withAnnotations(order(revokeOnPod))
        .withDeletionTimestamp(podDeletedBy == null ? null : podDeletedBy.toString())
        .endMetadata()
        .withNewSpec()
        .withServiceAccountName("orders")
        .withRestartPolicy(restartPolicy)
        .withInitContainers(sidecars.stream().map(c -> c.spec.build()).toList())
        .withContainers(containers.stream().map(c -> c.spec.build()).toList())
        .endSpec()
        .withNewStatus()
        .withPhase(podPhase)
        .withReason(podReason)
        .withInitContainerStatuses(sidecars.stream().map(c -> c.status.build()).toList())
        .withContainerStatuses(
            containers.stream().filter(c -> c.reported).map(c -> c.status.build()).toList())
        .endStatus()
        .build();
  }

  private CredentialRequest request() {
    var request = new CredentialRequest();
    request.setMetadata(
        new ObjectMetaBuilder()
            .withName("orders-db")
            .withNamespace("shop")
            .withUid(requestUid)
            .withDeletionTimestamp(requestDeleted ? NOW.toString() : null)
            .withAnnotations(order(revokeOnRequest))
            .build());
    request.setSpec(
        new CredentialRequestSpec(
            new CredentialRequestSpec.Workload(serviceAccount, new PodSelector(selector, null)),
            "team-orders",
            "read orders",
            List.of(
                new CredentialRequestSpec.RequestedCredential(
                    credential,
                    asked,
                    access,
                    "15m",
                    null,
                    new Delivery(
                        Delivery.Mode.Sidecar,
                        null,
                        List.of(new Delivery.File("db.env", Delivery.Format.Env)),
                        null,
                        null)))));
    return request;
  }

  CredentialProviderSpec.AccessLevel level() {
    return new CredentialProviderSpec.AccessLevel(offered, cap, "24h", null, null);
  }

  private CredentialProviderSpec provider() {
    return new CredentialProviderSpec(null, null, allowed, List.of(level()));
  }

  private static ProviderRef provider(String name) {
    return new ProviderRef(ProviderRef.Kind.CredentialProvider, name);
  }
}
