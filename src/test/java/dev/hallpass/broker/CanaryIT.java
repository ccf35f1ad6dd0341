package dev.hallpass.broker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hallpass.agent.Agent;
import dev.hallpass.api.v1alpha1.CredentialProvider;
import dev.hallpass.api.v1alpha1.Delivery.Format;
import dev.hallpass.audit.AuditStore;
import dev.hallpass.audit.Journal;
import dev.hallpass.audit.JournalSettings;
import dev.hallpass.audit.SinkSettings;
import dev.hallpass.kube.Conditions;
import dev.hallpass.lease.LeaseJudge;
import dev.hallpass.notification.Receiver;
import dev.hallpass.provider.TargetDriver;
import dev.hallpass.provider.kubernetes.KubernetesDriver;
import dev.hallpass.provider.postgresql.PostgreSqlDriver;
import dev.hallpass.provider.x509.X509Driver;
import dev.hallpass.reconcile.Controller;
import dev.hallpass.reconcile.certificates.AuditKeyKeeper;
import dev.hallpass.testing.Canaries;
import dev.hallpass.testing.KubeApi;
import dev.hallpass.testing.NoticeReceiver;
import dev.hallpass.testing.Overheard;
import dev.hallpass.testing.PostgresServer;
import dev.hallpass.testing.TestAuthority;
import dev.hallpass.testing.TlsFront;
import dev.hallpass.wire.Codec;
import dev.hallpass.wire.IssueAnswer;
import dev.hallpass.wire.Reason;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jboss.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Secrets that are known go through all that is done with them, from the issue to an end that fails
 * at first, and are then looked for wherever something is written.
 */
@ExtendWith({KubeApi.class, PostgresServer.class})
class CanaryIT {
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final String WRONG_PASSWORD = "loopback-test-locked-out";

  @TempDir private Path folder;
  private final Canaries canaries = new Canaries();
  private final Map<String, String> written = new LinkedHashMap<>();
  private final List<String> answers = new ArrayList<>();
  private final SimpleMeterRegistry controllersMetrics = new SimpleMeterRegistry();
  private final NoticeReceiver receiver = NoticeReceiver.plain();
  private final TestAuthority authority = new TestAuthority();
  private final List<TargetDriver> drivers = new ArrayList<>();
  private Overheard overheard;
  private KubeApi kube;
  private String system;
  private PostgresServer.Instance postgres;
  private BrokerScene scene;
  private Journal trail;
  private Controller controller;

  @BeforeEach
  void open(KubeApi api, PostgresServer.Instance server) {
    overheard = Overheard.listen();
    kube = api;
    postgres = server;
    system = kube.namespace() + "-system";
    kube.client()
        .resource(new NamespaceBuilder().withNewMetadata().withName(system).endMetadata().build())
        .create();
    new AuditKeyKeeper(kube.client(), system, new SecureRandom()).reconcile();
    keepNoticesKey();
    scene = new BrokerScene(kube, postgres, kube.client(), system, drivers());
    scene.certificateProvider("mesh", authority.self());
    kube.client().resource(cluster()).create();
    trail = trail();
    await().until(trail::works);
    scene.audit().passOnTo(trail);
    controller =
        ControllerBeside.start(
            kube,
            system,
            trail,
            controllersMetrics,
            new Receiver(receiver.url(), "notices"),
            List.of(drivers()));
    canaries.plant("admin password", BrokerScene.ADMIN_PASSWORD);
    canaries.plant("notification key", NoticeReceiver.KEY.substring("whsec_".length()));
    canaries.plant("receiver's token", "token=of-the-receiver");
    canaries.plant("audit key", auditKey());
    canaries.plant("key of the CA", authority.self().key());
  }

  @AfterEach
  void close() {
    controller.close();
    scene.close();
    trail.close();
    drivers.forEach(TargetDriver::close);
    receiver.close();
    authority.close();
    overheard.close();
  }

  private TargetDriver[] drivers() {
    var made =
        List.of(
            new PostgreSqlDriver(new SecureRandom()),
            new X509Driver(kube.client(), system, Clock.systemUTC()),
            new KubernetesDriver(kube.client(), system, Clock.systemUTC()));
    drivers.addAll(made);
    return made.toArray(TargetDriver[]::new);
  }

  private CredentialProvider cluster() {
    var provider =
        Serialization.unmarshal(
            """
            metadata: {name: cluster}
            spec:
              kubernetes: {server: "https://kubernetes.default.svc"}
              access:
              - {name: deployer, maxTtl: 1h, maxLifetime: 2h, kubernetes: {serviceAccountName: other}}
            """,
            CredentialProvider.class);
    provider.getMetadata().setNamespace(kube.namespace());
    return provider;
  }

  private Journal trail() {
    return Journal.open(
        JournalSettings.of(BrokerScene.INSTALLATION, "both", "canary"),
        new AuditStore(kube.client(), system)::opening,
        new SinkSettings().files(folder, 1 << 20, SinkSettings.Need.Required),
        controllersMetrics,
        Clock.systemUTC());
  }

  private void keepNoticesKey() {
    kube.client()
        .resource(
            new SecretBuilder()
                .withNewMetadata()
                .withName("notices")
                .withNamespace(system)
                .endMetadata()
                .addToStringData(Receiver.KEYS, NoticeReceiver.KEY)
                .build())
        .create();
  }

  private String auditKey() {
    var secret = kube.client().secrets().inNamespace(system).withName(AuditStore.KEY_SECRET).get();
    return new String(Base64.getDecoder().decode(secret.getData().get(AuditStore.PRIVATE)), UTF_8);
  }

  @Test
  void noSecretIsWrittenAnywhere() throws Exception {
    var pods = List.of(scene.pod("orders-1"), scene.pod("orders-2"));
    useByHand(token(pods.getFirst(), "token of a pod"));
    useByAgent(token(pods.getLast(), "token of the agent's pod"));
    waitForPeople(scene.token(pods.getFirst()));
    endWhileTheAdminIsLockedOut(pods);
    gather();

    assertThat(canaries.names()).hasSize(13);
    assertThat(written).hasSize(7 + 1).allSatisfy((where, text) -> assertThat(text).isNotBlank());
    assertThat(written.entrySet())
        .allSatisfy(
            place -> assertThat(canaries.in(place.getValue())).as(place.getKey()).isEmpty());
    assertThat(stored(kept())).isEmpty();
    assertThat(canaries.in(postgres.log()))
        .as("what the server was told; the admin's own password was set by the test")
        .isSubsetOf("admin password");
  }

  /** Issues, renewals, and calls that are refused, or fail. */
  private void useByHand(String token) {
    var issued = scene.issue(token);
    scene.acknowledge(token, issued);
    scene.renew(token, issued);
    var again = scene.issue(token);
    canaries.plant("password", password(issued));
    canaries.plant("password of the second issue", password(again));
    scene.request("deploy", "cluster", "deployer", "15m", Format.Token);
    var deployer = scene.issue(token, "deploy");
    scene.acknowledge(token, deployer);
    canaries.plant("minted token", signature(content(deployer)));
    tell(scene.postFrom("127.0.0.2", "/v1/credentials", token, BrokerScene.asks("db", "db")), 403);
    tell(scene.post("/v1/credentials", token, BrokerScene.asks("none", "db")), 404);
    tell(scene.post("/v1/leases/renew", token, BrokerScene.names(issued)), 409);
    tell(scene.post("/v1/credentials", token + "x", BrokerScene.asks("db", "db")), 401);
    tell(scene.post("/v1/credentials", token, token.getBytes(UTF_8)), 400);
  }

  private String token(Pod pod, String name) {
    var token = scene.token(pod);
    canaries.plant(name, signature(token));
    return token;
  }

  private void tell(HttpResponse<byte[]> answer, int status) {
    assertThat(answer.statusCode()).as(() -> new String(answer.body(), UTF_8)).isEqualTo(status);
    assertThat(Codec.problem(answer.body()).reason()).isNotNull();
    answers.add(answer.headers() + new String(answer.body(), UTF_8));
  }

  private static String content(IssueAnswer issued) {
    return issued.files().getFirst().content().reveal();
  }

  private static String password(IssueAnswer issued) {
    try {
      return new ObjectMapper().readTree(content(issued)).get("password").asText();
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("db.json is not JSON", e);
    }
  }

  /** A token without it is good for nothing. */
  private static String signature(String token) {
    return token.substring(token.lastIndexOf('.') + 1).strip();
  }

  /** The real agent, to its end: a user and a certificate. */
  private void useByAgent(String token) throws Exception {
    scene.request("tls", "mesh", "service", "15m", Format.Pem);
    scene.agentsTrust(authority.bundle());
    Files.writeString(folder.resolve("token"), token);
    var database = Files.createDirectory(folder.resolve("database"));
    var identity = Files.createDirectory(folder.resolve("identity"));
    try (var front = TlsFront.of(authority.server("IP:127.0.0.1"), scene.address("/").getPort())) {
      var builder =
          new ProcessBuilder(
                  ProcessHandle.current().info().command().orElseThrow(),
                  "-XX:TieredStopAtLevel=1",
                  "-cp",
                  classPathOf(Agent.class) + ":" + classPathOf(Codec.class),
                  Agent.class.getName(),
                  "init",
                  "--broker=" + front.url(),
                  "--credential=db/db:" + database,
                  "--credential=tls/db:" + identity,
                  "--token-file=" + folder.resolve("token"),
                  "--timeout=30",
                  "--termination-log=" + Files.createFile(folder.resolve("termination-log")))
              .redirectErrorStream(true);
      builder.environment().put("HALLPASS_CA", authority.bundle());
      var agent = builder.start();
      written.put("the agent's log", new String(agent.getInputStream().readAllBytes(), UTF_8));
      assertThat(agent.waitFor()).as(written.get("the agent's log")).isZero();
    }
    canaries.plant(
        "password of the agent",
        new ObjectMapper().readTree(database.resolve("db.json").toFile()).get("password").asText());
    try (var files = Files.walk(identity)) {
      for (var file : files.filter(Files::isRegularFile).toList()) {
        var text = Files.readString(file);
        if (text.contains("PRIVATE KEY")) {
          canaries.plant("key of the pod", text.substring(text.indexOf("-----BEGIN PRIVATE")));
        }
      }
    }
  }

  private static String classPathOf(Class<?> type) {
    return Path.of(URI.create(type.getProtectionDomain().getCodeSource().getLocation().toString()))
        .toString();
  }

  private void waitForPeople(String token) {
    scene.policy("asks", "requireApproval: {when: \"request.metadata.name == 'asked'\"}");
    scene.request("asked", "reader", "15m");
    var waiting = scene.post("/v1/credentials", token, BrokerScene.asks("asked", "db"));
    assertThat(BrokerScene.reason(waiting)).isEqualTo(Reason.ApprovalAwaited);
    tell(waiting, 403);
    await("people are told").atMost(SOON).until(() -> !receiver.taken().isEmpty());
  }

  private void endWhileTheAdminIsLockedOut(List<Pod> pods) {
    canaries.plant("wrong admin password", WRONG_PASSWORD);
    setAdminPassword(WRONG_PASSWORD);
    pods.forEach(pod -> kube.client().pods().resource(pod).withGracePeriod(0).delete());
    await("a revocation fails")
        .atMost(SOON)
        .until(
            () ->
                scene.leases().stream()
                    .anyMatch(
                        l ->
                            l.getStatus() != null
                                && Conditions.holds(
                                    l.getStatus().conditions(), Conditions.REVOCATION_FAILED)));
    setAdminPassword(BrokerScene.ADMIN_PASSWORD);
    await("all is revoked")
        .atMost(Duration.ofSeconds(60))
        .until(() -> scene.leases().stream().allMatch(LeaseJudge::over));
  }

  private void setAdminPassword(String password) {
    kube.client()
        .secrets()
        .inNamespace(kube.namespace())
        .withName("admin")
        .edit(s -> new SecretBuilder(s).addToStringData("password", password).build());
  }

  private void gather() throws IOException {
    written.put("logs", overheard.text());
    written.put("answers", String.join("\n", answers));
    written.put("the broker's metrics", scene.metrics());
    written.put("the controller's metrics", controllersMetrics.getMetersAsString());
    written.put("notices", notices());
    written.put("the audit trail", trailText());
    written.put(
        "Events",
        Serialization.asYaml(kube.client().v1().events().inNamespace(kube.namespace()).list()));
  }

  private String notices() {
    return receiver.taken().stream()
        .map(event -> event + new String(event.getData().toBytes(), UTF_8))
        .toList()
        .toString();
  }

  private String trailText() throws IOException {
    try (var files = Files.list(folder)) {
      for (var file : files.filter(f -> f.toString().endsWith(".jsonl")).toList()) {
        return Files.readString(file);
      }
    }
    throw new IllegalStateException("there is no trail");
  }

  /** The Secrets that people made, and that of the audit key: they are there to hold one. */
  private Set<String> kept() {
    return Set.of(
        secret(kube.namespace(), "admin"),
        secret(kube.namespace(), "mesh"),
        secret(system, "notices"),
        secret(system, AuditStore.KEY_SECRET));
  }

  private static String secret(String namespace, String name) {
    return "/registry/secrets/%s/%s".formatted(namespace, name);
  }

  /** The names of the secrets that etcd has, by the keys that it has them under but these. */
  private Map<String, List<String>> stored(Set<String> excepted) {
    var found = new LinkedHashMap<String, List<String>>();
    kube.stored()
        .forEach(
            (key, value) -> {
              var names = canaries.in(value);
              if (!names.isEmpty() && !excepted.contains(key)) {
                found.put(key, names);
              }
            });
    return found;
  }

  /** The search finds what is there: else it would prove nothing. */
  @Test
  void aSecretThatIsWrittenIsFound() {
    var pod = scene.pod("orders-1");
    var token = scene.token(pod);
    canaries.plant("token of a pod", signature(token));
    var issued = scene.issue(token);
    canaries.plant("password", password(issued));
    kube.client()
        .pods()
        .resource(pod)
        .edit(
            p -> {
              p.getMetadata().setAnnotations(Map.of("told", password(issued)));
              return p;
            });
    Logger.getLogger("dev.hallpass.broker").trace("Authorization: Bearer " + token);

    assertThat(stored(kept()))
        .containsExactly(
            Map.entry(
                "/registry/pods/%s/orders-1".formatted(kube.namespace()), List.of("password")));
    assertThat(stored(Set.of()))
        .containsEntry(secret(kube.namespace(), "admin"), List.of("admin password"))
        .containsEntry(secret(kube.namespace(), "mesh"), List.of("key of the CA"))
        .containsEntry(secret(system, "notices"), List.of("notification key"))
        .containsEntry(secret(system, AuditStore.KEY_SECRET), List.of("audit key"));
    assertThat(canaries.in(overheard.text())).containsExactly("token of a pod");
    assertThat(overheard.text()).contains("call answered");
  }
}
