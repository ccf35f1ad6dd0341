package dev.hallpass.broker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hallpass.api.v1alpha1.BreakGlass;
import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.api.v1alpha1.CredentialLeaseStatus;
import dev.hallpass.api.v1alpha1.CredentialPolicy;
import dev.hallpass.api.v1alpha1.CredentialProvider;
import dev.hallpass.api.v1alpha1.CredentialProviderStatus;
import dev.hallpass.api.v1alpha1.CredentialRequest;
import dev.hallpass.api.v1alpha1.Delivery;
import dev.hallpass.api.v1alpha1.HallpassApi;
import dev.hallpass.api.v1alpha1.ProviderRef;
import dev.hallpass.kube.Conditions;
import dev.hallpass.kube.Events;
import dev.hallpass.kube.Statement;
import dev.hallpass.kube.WatchedCatalog;
import dev.hallpass.policy.Ask;
import dev.hallpass.policy.PolicyDecider;
import dev.hallpass.provider.Drivers;
import dev.hallpass.provider.TargetDriver;
import dev.hallpass.testing.KubeApi;
import dev.hallpass.testing.NamespacePolicies;
import dev.hallpass.testing.PostgresServer;
import dev.hallpass.testing.RecordedAudit;
import dev.hallpass.testing.TestAuthority;
import dev.hallpass.testing.Workloads;
import dev.hallpass.wire.Codec;
import dev.hallpass.wire.IssueAnswer;
import dev.hallpass.wire.IssueRequest;
import dev.hallpass.wire.LeaseAnswer;
import dev.hallpass.wire.LeaseCall;
import dev.hallpass.wire.Reason;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodIPBuilder;
import io.fabric8.kubernetes.api.model.PodStatusBuilder;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.ext.web.Router;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.awaitility.Awaitility;

/**
 * A broker over a real API server and a real PostgreSQL, and the pods that call it: a pod here is
 * an object with a loopback address and a real pod-bound token.
 */
public final class BrokerScene implements AutoCloseable {
  /** What the accounts of this broker's leases are named after. */
  public static final String INSTALLATION = "b10c0de5";

  static final String ADMIN_PASSWORD = "loopback-test-broker";
  private static final String SYSTEM_NAMESPACE = "hallpass-system";

  private final KubeApi kube;
  private final PostgresServer.Instance postgres;
  private final Vertx vertx = Vertx.vertx();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Events events;
  private final WatchedCatalog watched;
  private final NamespacePolicies policies;
  private final HttpServer server;
  private final RecordedAudit audit = new RecordedAudit();
  private volatile String bundle = "bundle";
  private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();

  /** A broker, and the request {@code db} that it answers. */
  public BrokerScene(KubeApi kube, PostgresServer.Instance postgres, TargetDriver... drivers) {
    this(kube, postgres, kube.client(), SYSTEM_NAMESPACE, drivers);
  }

  /** The same of a broker that acts through this client, in this namespace of Hallpass's own. */
  BrokerScene(
      KubeApi kube,
      PostgresServer.Instance postgres,
      KubernetesClient acting,
      String systemNamespace,
      TargetDriver... drivers) {
    this(kube, postgres, acting, acting, systemNamespace, drivers);
  }

  /** The same of a broker that watches through a client of its own. */
  BrokerScene(
      KubeApi kube,
      PostgresServer.Instance postgres,
      KubernetesClient acting,
      KubernetesClient watching,
      String systemNamespace,
      TargetDriver... drivers) {
    this.kube = kube;
    this.policies = new NamespacePolicies(kube.client(), kube.namespace());
    this.postgres = postgres;
    this.events = new Events(acting, Clock.systemUTC());
    this.watched = WatchedCatalog.start(watching, systemNamespace);
    var api =
        Broker.api(
            acting,
            watched,
            new Drivers(List.of(drivers)),
            new PolicyDecider(PolicyDecider.Unmatched.Allow),
            Duration.ofHours(4),
            systemNamespace,
            INSTALLATION,
            events,
            metrics,
            audit,
            () -> bundle,
            Clock.systemUTC());
    var router = Router.router(vertx);
    new BrokerRoutes(api, threads, metrics).register(router);
    server =
        vertx
            .createHttpServer()
            .requestHandler(router)
            .listen(0, "127.0.0.1")
            .toCompletionStage()
            .toCompletableFuture()
            .join();
    prepare();
  }

  private void prepare() {
    prepare(postgres);
    var client = kube.client();
    for (var account : List.of("orders", "other")) {
      client
          .resource(
              new ServiceAccountBuilder()
                  .withNewMetadata()
                  .withName(account)
                  .withNamespace(kube.namespace())
                  .endMetadata()
                  .build())
          .create();
    }
    secret("admin", Map.of("username", "broker_admin", "password", ADMIN_PASSWORD));
    postgresProvider("pg", 4096);
    request("db", "reader", "15m");
  }

  /** The roles that a provider needs. */
  private static void prepare(PostgresServer.Instance server) {
    server.execute(
        """
        DO $$ BEGIN
          IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'broker_admin') THEN
            CREATE ROLE broker_admin LOGIN CREATEROLE PASSWORD '%s';
            CREATE ROLE broker_reader NOLOGIN;
            GRANT pg_signal_backend TO broker_admin;
            GRANT broker_reader TO broker_admin WITH ADMIN OPTION;
          END IF;
        END $$\
        """
            .formatted(ADMIN_PASSWORD));
  }

  private void secret(String name, Map<String, String> entries) {
    kube.client()
        .resource(
            new SecretBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace(kube.namespace())
                .endMetadata()
                .withStringData(entries)
                .build())
        .create();
  }

  /** Another provider of the same server, whose verifiers have so many iterations. */
  public void postgresProvider(String name, int iterations) {
    postgresProvider(name, postgres.port(), iterations);
  }

  /** A provider of another server. */
  public void postgresProvider(String name, PostgresServer.Instance server) {
    prepare(server);
    postgresProvider(name, server.port(), 4096);
  }

  private void postgresProvider(String name, int port, int iterations) {
    apply(
        CredentialProvider.class,
        """
        metadata: {name: %s}
        spec:
          postgresql:
            host: 127.0.0.1
            port: %d
            database: postgres
            adminSecretRef: {name: admin}
            tls: {mode: Disable}
            passwordIterations: %d
          access:
          - {name: reader, maxTtl: 1h, maxLifetime: 2h, postgresql: {roles: [broker_reader]}}
        """
            .formatted(name, port, iterations));
  }

  /** A provider of certificates. */
  public void certificateProvider(String name, TestAuthority.Certificate authority) {
    secret(name, Map.of("tls.crt", authority.certificate(), "tls.key", authority.key()));
    apply(
        CredentialProvider.class,
        """
        metadata: {name: %1$s}
        spec:
          x509: {trustDomain: shop.example.org, caSecretRef: {name: %1$s}}
          access:
          - {name: service, maxTtl: 1h, maxLifetime: 2h, x509: {}}
        """
            .formatted(name));
  }

  /** What the broker has the trail tell. */
  RecordedAudit audit() {
    return audit;
  }

  /** Agents are told from now on to trust these authorities, PEM. */
  void agentsTrust(String authorities) {
    bundle = authorities;
  }

  /** What the broker's metrics say: names, labels, values. */
  String metrics() {
    return metrics.getMetersAsString();
  }

  /** Another request of the workload. */
  public void request(String name, String access, String ttl) {
    request(name, access, ttl, "Sidecar");
  }

  /** Another request of the workload, of that provider's only level. */
  public void request(
      String name, String provider, String access, String ttl, Delivery.Format format) {
    request(name, provider, access, ttl, "Sidecar", format);
  }

  void request(String name, String access, String ttl, String mode) {
    request(name, "pg", access, ttl, mode, Delivery.Format.Json);
  }

  private void request(
      String name,
      String provider,
      String access,
      String ttl,
      String mode,
      Delivery.Format format) {
    apply(
        CredentialRequest.class,
        """
        metadata: {name: %s}
        spec:
          workload:
            serviceAccountName: orders
            selector: {matchLabels: {app: orders}}
          owner: team-orders
          purpose: test
          credentials:
          - name: db
            providerRef: {kind: CredentialProvider, name: %s}
            access: %s
            ttl: %s
            delivery: {mode: %s, files: [{path: db.json, format: %s}]}
        """
            .formatted(name, provider, access, ttl, mode, format));
  }

  /** A policy about this namespace, seen by the broker. */
  public void policy(String name, String spec) {
    var applied = policies.apply(name, spec);
    Awaitility.await().until(() -> seen(applied));
  }

  /** A break-glass for the credential of the request {@code db}, as admission leaves it. */
  BreakGlass breakGlass(String name, String duration) {
    var request = request("db");
    apply(
        BreakGlass.class,
        """
        metadata: {name: %s}
        spec:
          requestRef: {name: db}
          credential: db
          justification: the approvers are out and orders cannot be shipped
          incident: INC-7
          duration: %s
          openedBy: {username: ada}
          digests: ["%s"]
        """
            .formatted(
                name, duration, Ask.digest(request, request.getSpec().credentials().getFirst())));
    return kube.client()
        .resources(BreakGlass.class)
        .inNamespace(kube.namespace())
        .withName(name)
        .get();
  }

  /** Somebody changes the request: one value, at this path of it. */
  void change(String request, String path, String value) {
    kube.client()
        .resources(CredentialRequest.class)
        .inNamespace(kube.namespace())
        .withName(request)
        .patch(
            PatchContext.of(PatchType.JSON),
            "[{\"op\":\"replace\",\"path\":\"%s\",\"value\":\"%s\"}]".formatted(path, value));
  }

  CredentialRequest request(String name) {
    return kube.client()
        .resources(CredentialRequest.class)
        .inNamespace(kube.namespace())
        .withName(name)
        .get();
  }

  /** The controller found that the provider of this generation fails. */
  void probed(long generation, Reason failure) {
    var provider =
        kube.client()
            .resources(CredentialProvider.class)
            .inNamespace(kube.namespace())
            .withName("pg")
            .get();
    provider.setStatus(
        new CredentialProviderStatus(
            generation,
            null,
            null,
            Conditions.with(
                List.of(),
                new Statement.Fails(Conditions.READY, failure, "it"),
                generation,
                Instant.EPOCH)));
    var written = kube.client().resource(provider).updateStatus();
    Awaitility.await().until(() -> seen(written));
  }

  private boolean seen(CredentialProvider written) {
    return watched
        .provider(
            new ProviderRef(ProviderRef.Kind.CredentialProvider, written.getMetadata().getName()),
            kube.namespace())
        .map(p -> p.getMetadata().getResourceVersion())
        .filter(written.getMetadata().getResourceVersion()::equals)
        .isPresent();
  }

  private boolean seen(CredentialPolicy applied) {
    var wanted = applied.getMetadata();
    return watched.policies().stream()
        .map(CredentialPolicy::getMetadata)
        .anyMatch(
            p -> p.getUid().equals(wanted.getUid()) && p.getGeneration() >= wanted.getGeneration());
  }

  /** Once the broker decides by what its watch shows. */
  void awaitWatch() {
    Awaitility.await().until(watched::isCurrent);
  }

  /** From now on the broker's watch sees nothing, and says so. */
  void loseTheWatch() {
    watched.close();
  }

  private <T extends HasMetadata> void apply(Class<T> type, String yaml) {
    var object = io.fabric8.kubernetes.client.utils.Serialization.unmarshal(yaml, type);
    object.getMetadata().setNamespace(kube.namespace());
    kube.client().resource(object).create();
  }

  /** A running pod of the request's workload, at 127.0.0.1. */
  Pod pod(String name) {
    return pod(name, "orders", "orders", "127.0.0.1");
  }

  /** A running pod at this address. */
  public Pod pod(String name, String app, String serviceAccount, String address) {
    return runs(starting(name, app, serviceAccount), address);
  }

  /** A pod of the request's workload whose address is not known yet. */
  Pod starting(String name) {
    return starting(name, "orders", "orders");
  }

  private Pod starting(String name, String app, String serviceAccount) {
    return kube.client()
        .resource(
            new PodBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace(kube.namespace())
                .addToLabels("app", app)
                .endMetadata()
                .withNewSpec()
                .withServiceAccountName(serviceAccount)
                .withNodeName("node-1")
                .addNewContainer()
                .withName("app")
                .withImage("none")
                .endContainer()
                .endSpec()
                .build())
        .create();
  }

  /** Kubelet says where the pod is. */
  Pod runs(Pod pod, String address) {
    pod.setStatus(
        new PodStatusBuilder()
            .withPhase("Running")
            .withPodIP(address)
            .withPodIPs(new PodIPBuilder().withIp(address).build())
            .build());
    return kube.client().resource(pod).updateStatus();
  }

  /** A ReplicaSet of a Deployment has made this pod, as far as one can see. */
  void deployedBy(Pod pod, String deployment) {
    var made = Workloads.deployed(kube.client(), kube.namespace(), deployment);
    controlledBy(pod, Workloads.controller(made, made.getMetadata().getUid()));
  }

  /** This pod says that it is controlled so. */
  void controlledBy(Pod pod, OwnerReference owner) {
    kube.client()
        .pods()
        .resource(pod)
        .edit(
            p ->
                new PodBuilder(p).editMetadata().addToOwnerReferences(owner).endMetadata().build());
  }

  /** A token as the kubelet projects it into the pod, for this audience. */
  String token(Pod pod, String audience) {
    return kube.client()
        .serviceAccounts()
        .inNamespace(kube.namespace())
        .withName(pod.getSpec().getServiceAccountName())
        .tokenRequest(
            new TokenRequestBuilder()
                .withNewSpec()
                .withAudiences(audience)
                .withNewBoundObjectRef()
                .withApiVersion("v1")
                .withKind("Pod")
                .withName(pod.getMetadata().getName())
                .withUid(pod.getMetadata().getUid())
                .endBoundObjectRef()
                .endSpec()
                .build())
        .getStatus()
        .getToken();
  }

  /** A token as the kubelet projects it into the pod for us. */
  public String token(Pod pod) {
    return token(pod, HallpassApi.TOKEN_AUDIENCE);
  }

  IssueAnswer issue(String token) {
    return Codec.issueAnswer(ok(post("/v1/credentials", token, asks("db", "db"))));
  }

  IssueAnswer issue(String token, String request) {
    return Codec.issueAnswer(ok(post("/v1/credentials", token, asks(request, "db"))));
  }

  LeaseAnswer acknowledge(String token, IssueAnswer issued) {
    return Codec.leaseAnswer(ok(post("/v1/leases/acknowledge", token, names(issued))));
  }

  LeaseAnswer renew(String token, IssueAnswer issued) {
    return Codec.leaseAnswer(ok(post("/v1/leases/renew", token, names(issued))));
  }

  static byte[] asks(String request, String credential) {
    return Codec.encode(new IssueRequest(request, credential));
  }

  static byte[] names(IssueAnswer issued) {
    return Codec.encode(new LeaseCall(issued.lease(), issued.epoch()));
  }

  HttpResponse<byte[]> post(String path, String token, byte[] body) {
    return postFrom("127.0.0.1", path, token, body);
  }

  HttpResponse<byte[]> postFrom(String address, String path, String token, byte[] body) {
    try (var http = HttpClient.newBuilder().localAddress(InetAddress.getByName(address)).build()) {
      var request =
          HttpRequest.newBuilder(address(path))
              .header("Content-Type", "application/json")
              .POST(BodyPublishers.ofByteArray(body));
      if (!token.isEmpty()) {
        request.header("Authorization", "Bearer " + token);
      }
      return http.send(request.build(), BodyHandlers.ofByteArray());
    } catch (IOException e) {
      throw new IllegalStateException(path, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(path, e);
    }
  }

  /** Where the broker answers this path. */
  public URI address(String path) {
    return URI.create("http://127.0.0.1:" + server.actualPort() + path);
  }

  private static byte[] ok(HttpResponse<byte[]> response) {
    if (response.statusCode() != 200) {
      throw new IllegalStateException(
          response.statusCode() + " " + new String(response.body(), StandardCharsets.UTF_8));
    }
    return response.body();
  }

  /** How the broker answers this; Issued where it does what is asked. */
  Reason reason(String path, String token, byte[] body) {
    var response = post(path, token, body);
    return response.statusCode() == 200 ? Reason.Issued : reason(response);
  }

  /** How it answers who asks for the credential of the request {@code db}. */
  Reason issuing(String token) {
    return reason("/v1/credentials", token, asks("db", "db"));
  }

  /** What {@code kubectl describe} shows of this reason about an object of the test's namespace. */
  List<Event> eventsAbout(HasMetadata object, Reason reason) {
    return kube.client().v1().events().inNamespace(kube.namespace()).list().getItems().stream()
        .filter(e -> object.getMetadata().getUid().equals(e.getInvolvedObject().getUid()))
        .filter(e -> reason.name().equals(e.getReason()))
        .toList();
  }

  static Reason reason(HttpResponse<byte[]> response) {
    return Codec.problem(response.body()).reason();
  }

  /** The leases of the test's namespace. */
  public List<CredentialLease> leases() {
    return kube.client()
        .resources(CredentialLease.class)
        .inNamespace(kube.namespace())
        .list()
        .getItems();
  }

  /** Whether PostgreSQL admits what was issued. */
  public boolean admits(IssueAnswer issued) {
    var login = login(issued);
    return postgres.admits(login.get("username").asText(), login.get("password").asText());
  }

  /** An open transaction in which the user that was issued has locked its own row. */
  Connection locking(IssueAnswer issued) throws SQLException {
    var login = login(issued);
    var open = postgres.connect(login.get("username").asText(), login.get("password").asText());
    open.setAutoCommit(false);
    try (var statement = open.createStatement()) {
      statement.execute("ALTER ROLE CURRENT_USER PASSWORD 'mine'");
    }
    return open;
  }

  private static JsonNode login(IssueAnswer issued) {
    try {
      return new ObjectMapper().readTree(issued.files().getFirst().content().reveal());
    } catch (IOException e) {
      throw new IllegalStateException("db.json is not JSON", e);
    }
  }

  /** Accounts of this namespace's leases and of no lease at all. */
  List<String> accounts() {
    return postgres.query("SELECT rolname FROM pg_roles WHERE rolname LIKE 'hp\\_b10c0de5\\_%'");
  }

  /** Sets the lease's expiry, as if it had been activated at another time. */
  public void expireAt(CredentialLease lease, Instant expiresAt) {
    var s = lease.getStatus();
    lease.setStatus(
        new CredentialLeaseStatus(
            s.phase(),
            s.epoch(),
            s.subject(),
            s.activatedAt(),
            expiresAt.toString(),
            s.endedBy(),
            s.endedAt(),
            s.revokedAt(),
            s.approval(),
            s.conditions()));
    kube.client().resource(lease).updateStatus();
  }

  /** Whether the role of that name exists and has LOGIN. */
  boolean canLogIn(String role) {
    return postgres
        .query("SELECT rolcanlogin::text FROM pg_roles WHERE rolname = '%s'".formatted(role))
        .contains("true");
  }

  KubeApi kube() {
    return kube;
  }

  /** Leaves nothing that the controllers of other tests would look after. */
  @Override
  public void close() {
    for (var lease : leases()) {
      lease.getMetadata().setFinalizers(List.of());
      kube.client().resource(lease).update();
      kube.client().resource(lease).delete();
    }
    kube.client().resources(CredentialProvider.class).inNamespace(kube.namespace()).delete();
    policies.close();
    stop();
  }

  /** Stops the broker, and leaves at the API server what is there. */
  public void stop() {
    server.close().toCompletionStage().toCompletableFuture().join();
    vertx.close().toCompletionStage().toCompletableFuture().join();
    threads.close();
    events.close();
    watched.close();
  }
}
