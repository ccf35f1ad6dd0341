package dev.hallpass.reconcile;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.awaitility.Awaitility.await;

import dev.hallpass.api.v1alpha1.BreakGlass;
import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.api.v1alpha1.CredentialLeaseSpec;
import dev.hallpass.api.v1alpha1.CredentialLeaseSpec.BreakGlassRef;
import dev.hallpass.api.v1alpha1.CredentialLeaseSpec.Replaced;
import dev.hallpass.api.v1alpha1.CredentialLeaseStatus;
import dev.hallpass.api.v1alpha1.CredentialLeaseStatus.LeasePhase;
import dev.hallpass.api.v1alpha1.CredentialProvider;
import dev.hallpass.api.v1alpha1.CredentialRequest;
import dev.hallpass.api.v1alpha1.Delivery;
import dev.hallpass.api.v1alpha1.HallpassApi;
import dev.hallpass.api.v1alpha1.ProviderRef;
import dev.hallpass.kube.Conditions;
import dev.hallpass.lease.LeaseJudge;
import dev.hallpass.lease.LeaseTimes;
import dev.hallpass.notification.Receiver;
import dev.hallpass.policy.Ask;
import dev.hallpass.policy.PolicyDecider;
import dev.hallpass.provider.Drivers;
import dev.hallpass.provider.Subject;
import dev.hallpass.provider.TargetDriver;
import dev.hallpass.reconcile.provider.ProviderTimes;
import dev.hallpass.testing.KubeApi;
import dev.hallpass.testing.RecordedAudit;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateBuilder;
import io.fabric8.kubernetes.api.model.ContainerStatusBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.NodeConditionBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodIP;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.HttpURLConnection;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A namespace with a provider, a request, a node, and controllers that look after it. */
final class ControllerScene implements AutoCloseable {
  static final String INSTALLATION = "0a1b2c3d";
  static final LeaseTimes TIMES =
      new LeaseTimes(Duration.ofSeconds(8), Duration.ofSeconds(1), Duration.ofHours(1));
  private static final ProviderTimes LOOKS =
      new ProviderTimes(
          Duration.ofSeconds(5),
          Duration.ofSeconds(1),
          Duration.ofSeconds(1),
          Duration.ofSeconds(5));
  private static final LeadershipTimes LEADERSHIP =
      new LeadershipTimes(Duration.ofSeconds(8), Duration.ofSeconds(6), Duration.ofMillis(500));

  private final KubernetesClient client;
  private final String namespace;
  private final Drivers drivers;
  private final List<Controller> controllers = new ArrayList<>();
  private Duration longestBreakGlass = Duration.ofHours(4);
  private PolicyDecider.Unmatched unmatched = PolicyDecider.Unmatched.Allow;
  private @Nullable Receiver receiver;
  private @Nullable BreakGlassRef breakGlass;
  private final List<String> lost = new CopyOnWriteArrayList<>();
  private final RecordedAudit audit = new RecordedAudit();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

  /** How the provider reaches its target. */
  record Access(int port, String username, String password) {}

  ControllerScene(KubeApi api, TargetDriver driver) {
    this(api, driver, new Access(5432, "admin", "none"));
  }

  ControllerScene(KubeApi api, TargetDriver driver, Access access) {
    client = api.client();
    namespace = api.namespace();
    drivers = new Drivers(List.of(driver));
    client
        .resource(
            new ServiceAccountBuilder()
                .withNewMetadata()
                .withName("orders")
                .withNamespace(namespace)
                .endMetadata()
                .withAutomountServiceAccountToken(false)
                .build())
        .create();
    client
        .resource(
            new SecretBuilder()
                .withNewMetadata()
                .withName("admin")
                .withNamespace(namespace)
                .endMetadata()
                .withStringData(
                    Map.of("username", access.username(), "password", access.password()))
                .build())
        .create();
    client
        .resource(new NodeBuilder().withNewMetadata().withName(node()).endMetadata().build())
        .create();
    nodeReady("True", Instant.now());
    client.resource(manifest(CredentialProvider.class, provider(access.port()))).create();
    client.resource(manifest(CredentialRequest.class, REQUEST)).create();
  }

  private static String provider(int port) {
    return """
    apiVersion: hallpass.dev/v1alpha1
    kind: CredentialProvider
    metadata: {name: orders-postgres}
    spec:
      postgresql:
        host: 127.0.0.1
        port: %d
        database: postgres
        tls: {mode: Disable}
        adminSecretRef: {name: admin}
      access:
      - name: reader
        maxTtl: 1h
        maxLifetime: 24h
        postgresql: {roles: [orders_reader]}
    """
        .formatted(port);
  }

  private static final String REQUEST =
      """
      apiVersion: hallpass.dev/v1alpha1
      kind: CredentialRequest
      metadata: {name: orders-db}
      spec:
        workload:
          serviceAccountName: orders
          selector: {matchLabels: {app: orders}}
        owner: team-orders
        purpose: read orders
        credentials:
        - name: db
          providerRef: {kind: CredentialProvider, name: orders-postgres}
          access: reader
          ttl: 15m
          delivery:
            mode: Sidecar
            files: [{path: db.env, format: Env}]
      """;

  private <T extends HasMetadata> T manifest(Class<T> kind, String yaml) {
    var object = Serialization.unmarshal(yaml, kind);
    object.getMetadata().setNamespace(namespace);
    return object;
  }

  String namespace() {
    return namespace;
  }

  /** The controllers that follow let break-glasses last that long, whatever these say. */
  void breakGlassLastsAtMost(Duration longest) {
    longestBreakGlass = longest;
  }

  /** To the controllers that follow, what no policy is about is denied. */
  void denyUnmatched() {
    unmatched = PolicyDecider.Unmatched.Deny;
  }

  /** The controllers that follow tell this receiver. */
  void tell(Receiver receiver) {
    this.receiver = receiver;
  }

  /** The leases that follow are issued under this break-glass. */
  void under(BreakGlass open) {
    breakGlass =
        new BreakGlassRef(
            open.getMetadata().getName(), open.getMetadata().getUid(), List.of("approval"));
  }

  /** Whose leadership was lost. */
  List<String> lost() {
    return lost;
  }

  /** What the controllers count; the gauges are the first one's. */
  MeterRegistry meters() {
    return meters;
  }

  /** What the controllers have the trail tell. */
  RecordedAudit audit() {
    return audit;
  }

  Controller controller() {
    return controller("one", TIMES);
  }

  Controller controller(String identity, LeaseTimes times) {
    var controller =
        new Controller(
            client,
            drivers,
            audit,
            meters,
            Clock.systemUTC(),
            new ControllerSettings(
                INSTALLATION,
                namespace,
                identity,
                times,
                LOOKS,
                unmatched,
                longestBreakGlass,
                LEADERSHIP,
                receiver),
            List.of(),
            () -> lost.add(identity));
    controllers.add(controller);
    controller.start();
    return controller;
  }

  /** A controller that acts by this client, with duties of its own. */
  Controller leading(KubernetesClient acting, List<LeaderDuty> duties) {
    var controller =
        new Controller(
            acting,
            drivers,
            audit,
            meters,
            Clock.systemUTC(),
            new ControllerSettings(
                INSTALLATION,
                namespace,
                "one",
                TIMES,
                LOOKS,
                unmatched,
                longestBreakGlass,
                LEADERSHIP,
                receiver),
            duties,
            () -> lost.add("one"));
    controllers.add(controller);
    controller.start();
    await().atMost(60, SECONDS).until(controller::leads);
    return controller;
  }

  Controller leading() {
    var controller = controller();
    await().atMost(60, SECONDS).until(controller::leads);
    return controller;
  }

  /** Nobody leads any more. */
  void stop() {
    controllers.forEach(Controller::close);
    controllers.clear();
  }

  String node() {
    return "node-" + namespace;
  }

  void nodeReady(String status, Instant since) {
    client
        .nodes()
        .withName(node())
        .editStatus(
            n ->
                new NodeBuilder(n)
                    .editOrNewStatus()
                    .withConditions(
                        new NodeConditionBuilder()
                            .withType("Ready")
                            .withStatus(status)
                            .withLastTransitionTime(
                                since.truncatedTo(ChronoUnit.SECONDS).toString())
                            .build())
                    .endStatus()
                    .build());
  }

  Pod pod(String name) {
    return pod(name, List.of());
  }

  /** A pod at 127.0.0.1 whose agent listens on this port. */
  Pod podWithAgent(String name, int port) {
    var agent =
        new ContainerBuilder()
            .withName(HallpassApi.AGENT_CONTAINER)
            .withImage("agent")
            .withRestartPolicy("Always")
            .withNewStartupProbe()
            .withNewHttpGet()
            .withNewPort(port)
            .endHttpGet()
            .endStartupProbe()
            .build();
    var pod = pod(name, List.of(agent));
    client
        .pods()
        .inNamespace(namespace)
        .withName(name)
        .editStatus(
            p ->
                new PodBuilder(p)
                    .editStatus()
                    .withPodIP("127.0.0.1")
                    .withPodIPs(new PodIP("127.0.0.1"))
                    .endStatus()
                    .build());
    return pod;
  }

  private Pod pod(String name, List<Container> agents) {
    var pod =
        client
            .resource(
                new PodBuilder()
                    .withNewMetadata()
                    .withName(name)
                    .withNamespace(namespace)
                    .withLabels(Map.of("app", "orders"))
                    .withAnnotations(Map.of(HallpassApi.INJECTED_ANNOTATION, "orders-db"))
                    .endMetadata()
                    .withNewSpec()
                    .withServiceAccountName("orders")
                    .withNodeName(node())
                    .withRestartPolicy("Never")
                    .withInitContainers(agents)
                    .addNewContainer()
                    .withName("app")
                    .withImage("app")
                    .endContainer()
                    .endSpec()
                    .build())
            .create();
    containerIs(name, new ContainerStateBuilder().withNewRunning().endRunning().build(), "Running");
    return pod;
  }

  /** The pod's agent has run since then, as kubelet would say. */
  void agentRunsSince(Pod pod, Instant since) {
    client
        .pods()
        .inNamespace(namespace)
        .withName(pod.getMetadata().getName())
        .editStatus(
            p ->
                new PodBuilder(p)
                    .editOrNewStatus()
                    .withInitContainerStatuses(
                        new ContainerStatusBuilder()
                            .withName(HallpassApi.AGENT_CONTAINER)
                            .withImage("agent")
                            .withImageID("agent")
                            .withState(
                                new ContainerStateBuilder()
                                    .withNewRunning()
                                    .withStartedAt(since.truncatedTo(ChronoUnit.SECONDS).toString())
                                    .endRunning()
                                    .build())
                            .build())
                    .endStatus()
                    .build());
  }

  void containerStops(String pod) {
    containerIs(
        pod,
        new ContainerStateBuilder()
            .withNewTerminated()
            .withExitCode(0)
            .withReason("Completed")
            .endTerminated()
            .build(),
        "Running");
  }

  private void containerIs(String pod, ContainerState state, String phase) {
    client
        .pods()
        .inNamespace(namespace)
        .withName(pod)
        .editStatus(
            p ->
                new PodBuilder(p)
                    .editOrNewStatus()
                    .withPhase(phase)
                    .withContainerStatuses(
                        new ContainerStatusBuilder()
                            .withName("app")
                            .withImage("app")
                            .withImageID("app")
                            .withState(state)
                            .build())
                    .endStatus()
                    .build());
  }

  void deletePod(String name) {
    client.pods().inNamespace(namespace).withName(name).delete();
  }

  void forceDeletePod(String name) {
    client.pods().inNamespace(namespace).withName(name).withGracePeriod(0).delete();
  }

  /** A lease of that pod, as the broker leaves it once the pod has acknowledged. */
  CredentialLease active(Pod pod, Instant expiresAt) {
    return activate(create(pod), expiresAt);
  }

  CredentialLease activate(CredentialLease lease, Instant expiresAt) {
    lease.setStatus(
        new CredentialLeaseStatus(
            LeasePhase.Active,
            1L,
            account(lease),
            Instant.now().toString(),
            expiresAt.toString(),
            null,
            List.of()));
    return client.resource(lease).updateStatus();
  }

  /** The time of an active lease is over at this moment, whatever it was to be. */
  void expire(CredentialLease lease) {
    client
        .resources(CredentialLease.class)
        .inNamespace(namespace)
        .withName(lease.getMetadata().getName())
        .editStatus(
            l -> {
              var status = l.getStatus();
              l.setStatus(
                  new CredentialLeaseStatus(
                      status.phase(),
                      status.epoch(),
                      status.subject(),
                      status.activatedAt(),
                      Instant.now().toString(),
                      status.approval(),
                      status.conditions()));
              return l;
            });
  }

  /** A lease of that pod, as the broker leaves it where these policies ask people. */
  CredentialLease waiting(Pod pod, Instant deadline, String... policies) {
    return asking(create(pod), deadline, policies);
  }

  /** One that asks while the pod goes on with another. */
  CredentialLease waiting(Pod pod, Replaced replaces, String policy) {
    return asking(create(pod, replaces), Instant.now().plusSeconds(600), policy);
  }

  /** The same lease, once people have said yes and the pod has acknowledged. */
  CredentialLease goesOn(CredentialLease waiting) {
    var status = now(waiting).getStatus();
    waiting.setStatus(
        new CredentialLeaseStatus(
            LeasePhase.Active,
            1L,
            account(waiting),
            Instant.now().toString(),
            Instant.now().plusSeconds(900).toString(),
            status.approval(),
            List.of()));
    waiting.getMetadata().setResourceVersion(null);
    return client.resource(waiting).updateStatus();
  }

  private CredentialLease asking(CredentialLease lease, Instant deadline, String... policies) {
    var request =
        client
            .resources(CredentialRequest.class)
            .inNamespace(namespace)
            .withName("orders-db")
            .get();
    lease.setStatus(
        new CredentialLeaseStatus(
            LeasePhase.AwaitingApproval,
            null,
            null,
            null,
            null,
            new CredentialLeaseStatus.Approval(
                Stream.of(policies).map(p -> new CredentialLeaseStatus.Demand(p, 1, null)).toList(),
                Ask.digest(request, request.getSpec().credentials().getFirst()),
                deadline.toString(),
                null),
            List.of()));
    lease.getMetadata().setResourceVersion(null);
    return client.resource(lease).updateStatus();
  }

  /** An active lease of a new pod of that name, with its account at this target. */
  CredentialLease held(LedgerDriver target, String pod) {
    var lease = active(pod(pod));
    target.add(account(lease));
    return lease;
  }

  CredentialLease active(Pod pod) {
    return active(pod, Instant.now().plusSeconds(900));
  }

  /** A lease of that pod, as the broker leaves it when it dies right after the first write. */
  CredentialLease create(Pod pod) {
    return create(pod, null);
  }

  /** A lease that takes the place of another of the same pod. */
  CredentialLease create(Pod pod, @Nullable Replaced replaces) {
    return create(pod, Delivery.Mode.Sidecar, replaces);
  }

  /** A lease whose pod fetched its credential once, and has it until then. */
  CredentialLease fetchedOnce(Pod pod, Instant expiresAt) {
    return activate(create(pod, Delivery.Mode.Init, null), expiresAt);
  }

  private CredentialLease create(Pod pod, Delivery.Mode mode, @Nullable Replaced replaces) {
    var request =
        client
            .resources(CredentialRequest.class)
            .inNamespace(namespace)
            .withName("orders-db")
            .get();
    var lease = new CredentialLease();
    lease.setMetadata(
        new ObjectMetaBuilder()
            .withName(pod.getMetadata().getName() + (replaces == null ? "-db" : "-db-2"))
            .withNamespace(namespace)
            .withFinalizers(HallpassApi.REVOCATION_FINALIZER)
            .withLabels(Map.of(HallpassApi.POD_UID_LABEL, pod.getMetadata().getUid()))
            .build());
    lease.setSpec(
        new CredentialLeaseSpec(
            new CredentialLeaseSpec.RequestRef("orders-db", request.getMetadata().getUid()),
            "db",
            new CredentialLeaseSpec.PodRef(
                pod.getMetadata().getName(), pod.getMetadata().getUid(), "orders", node()),
            new ProviderRef(ProviderRef.Kind.CredentialProvider, "orders-postgres"),
            "reader",
            "15m",
            "24h",
            mode,
            "team-orders",
            "read orders",
            replaces,
            breakGlass));
    return client.resource(lease).create();
  }

  static String account(CredentialLease lease) {
    return new Subject(INSTALLATION, UUID.fromString(lease.getMetadata().getUid())).name();
  }

  CredentialLease now(CredentialLease lease) {
    return client.resource(lease).get();
  }

  LeasePhase phase(CredentialLease lease) {
    return LeaseJudge.phase(now(lease));
  }

  CredentialLeaseStatus revoked(CredentialLease lease, Duration within) {
    await()
        .pollInterval(Duration.ofMillis(20))
        .atMost(within)
        .until(() -> phase(lease) == LeasePhase.Revoked);
    return now(lease).getStatus();
  }

  Condition condition(CredentialLease lease, String type) {
    return Conditions.find(now(lease).getStatus().conditions(), type)
        .orElseThrow(() -> new AssertionError("there is no condition " + type));
  }

  /** Leaves nothing that a later test's controller would have to look after. */
  @Override
  public void close() {
    controllers.forEach(Controller::close);
    for (var lease :
        client.resources(CredentialLease.class).inNamespace(namespace).list().getItems()) {
      release(lease);
    }
    client.resources(CredentialProvider.class).inNamespace(namespace).list().getItems().stream()
        .forEach(this::release);
    client.resources(BreakGlass.class).inNamespace(namespace).list().getItems().stream()
        .forEach(this::release);
    client.resources(CredentialRequest.class).inNamespace(namespace).delete();
    client.pods().inNamespace(namespace).withGracePeriod(0).delete();
    client.nodes().withName(node()).delete();
  }

  /** A controller that is closed may still end what it has begun. */
  private <T extends HasMetadata> void release(T object) {
    try {
      client
          .resource(object)
          .edit(
              o -> {
                o.getMetadata().setFinalizers(List.of());
                return o;
              });
      client.resource(object).delete();
    } catch (KubernetesClientException e) {
      if (e.getCode() != HttpURLConnection.HTTP_NOT_FOUND) {
        throw e;
      }
    }
  }
}
