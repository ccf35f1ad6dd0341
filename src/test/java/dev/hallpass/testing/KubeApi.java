package dev.hallpass.testing;

import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectRulesReviewBuilder;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * A real kube-apiserver with etcd on loopback, from the binaries of {@code hack/cluster bin}, with
 * our CRDs. Started once per JVM; each test gets a namespace of its own. No kubelet and no
 * controllers run: a test plays both.
 *
 * <p>Tests take a {@link KubeApi} parameter.
 */
public final class KubeApi implements BeforeAllCallback, BeforeEachCallback, ParameterResolver {
  private static final String TOKEN = "loopback-test-admin";

  private static final String AUDIT =
      """
      apiVersion: audit.k8s.io/v1
      kind: Policy
      omitStages: [RequestReceived]
      rules: [{level: Metadata}]
      """;

  private KubernetesClient client;
  private Path folder;
  private Etcd etcd;
  private String namespace;

  private record Server(
      ServerProcess etcd,
      ServerProcess apiServer,
      KubernetesClient client,
      Path folder,
      Etcd stored)
      implements AutoCloseable {
    @Override
    public void close() {
      client.close();
      apiServer.close();
      etcd.close();
    }
  }

  /** As cluster administrator. */
  public KubernetesClient client() {
    return client;
  }

  /** As that service account of the test's namespace, with no more than it was granted. */
  public KubernetesClient client(String serviceAccount) {
    var config = new ConfigBuilder(client.getConfiguration());
    return new KubernetesClientBuilder()
        .withConfig(config.withImpersonateUsername(account(serviceAccount)).build())
        .build();
  }

  /** What that service account of the test's namespace has asked of the server up to now. */
  public List<Access> accesses(String serviceAccount) {
    return Access.of(folder.resolve("audit.log"), account(serviceAccount));
  }

  /**
   * What the server keeps in etcd, by its keys there: all but what is in the namespaces of other
   * tests, whose names do not begin with this one's.
   */
  public Map<String, byte[]> stored() {
    var all = etcd.under("/registry/");
    all.keySet()
        .removeIf(
            key ->
                Stream.of(key.split("/"))
                    .anyMatch(part -> part.startsWith("it-") && !part.startsWith(namespace)));
    return all;
  }

  private String account(String name) {
    return "system:serviceaccount:%s:%s".formatted(namespace, name);
  }

  /** The namespace of the running test. */
  public String namespace() {
    return namespace;
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    var server =
        context
            .getRoot()
            .getStore(ExtensionContext.Namespace.create(KubeApi.class))
            .computeIfAbsent(Server.class, k -> start(), Server.class);
    client = server.client();
    folder = server.folder();
    etcd = server.stored();
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    namespace =
        client
            .resource(
                new NamespaceBuilder()
                    .withNewMetadata()
                    .withGenerateName("it-")
                    .addToLabels("hallpass.dev/injection", "enabled")
                    .endMetadata()
                    .build())
            .create()
            .getMetadata()
            .getName();
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == KubeApi.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return this;
  }

  private static Server start() {
    try {
      var bin = Path.of(ServerProcess.output("hack/cluster", "bin").strip());
      var folder = Files.createDirectories(Path.of("target", "kube-api")).toAbsolutePath();
      var run = Files.createTempDirectory(folder, "run-");
      var etcdPort = ServerProcess.freePort();
      var etcd = etcd(bin, run, etcdPort);
      var port = ServerProcess.freePort();
      var apiServer = apiServer(bin, run, etcdPort, port);
      var client =
          new KubernetesClientBuilder()
              .withConfig(
                  new ConfigBuilder()
                      .withMasterUrl("https://127.0.0.1:" + port)
                      .withOauthToken(TOKEN)
                      .withTrustCerts(true)
                      .withNamespace("default")
                      .build())
              .build();
      apiServer.await(
          Duration.ofSeconds(60),
          () -> client.namespaces().withName("default").get() != null && hasRoles(client));
      installCrds(client);
      return new Server(etcd, apiServer, client, run, new Etcd("http://127.0.0.1:" + etcdPort));
    } catch (IOException e) {
      throw new IllegalStateException("no folder for the API server", e);
    }
  }

  /**
   * Whether the server has made its roles, which it does after it has begun to answer. Whoever asks
   * what it may, as a controller does before it starts, would hear that it may nothing.
   */
  private static boolean hasRoles(KubernetesClient client) {
    var asked =
        new SelfSubjectRulesReviewBuilder()
            .withNewSpec()
            .withNamespace("default")
            .endSpec()
            .build();
    return client.resource(asked).create().getStatus().getResourceRules().stream()
        .anyMatch(rule -> rule.getVerbs().contains("*"));
  }

  private static ServerProcess etcd(Path bin, Path run, int port) {
    var url = "http://127.0.0.1:" + port;
    var peer = "http://127.0.0.1:" + ServerProcess.freePort();
    return ServerProcess.start(
        run.resolve("etcd.log"),
        List.of(
            bin.resolve("etcd").toString(),
            "--data-dir=" + run.resolve("etcd"),
            "--listen-client-urls=" + url,
            "--advertise-client-urls=" + url,
            "--listen-peer-urls=" + peer,
            "--initial-advertise-peer-urls=" + peer,
            "--initial-cluster=default=" + peer,
            "--unsafe-no-fsync=" + !ServerProcess.durable()));
  }

  private static ServerProcess apiServer(Path bin, Path run, int etcdPort, int port)
      throws IOException {
    var tokens = run.resolve("tokens.csv");
    Files.writeString(tokens, TOKEN + ",admin,admin,system:masters\n");
    var key = run.resolve("service-account.pem");
    Files.writeString(key, Pem.newPrivateKey());
    var audit = run.resolve("audit.yaml");
    Files.writeString(audit, AUDIT);
    return ServerProcess.start(
        run.resolve("kube-apiserver.log"),
        List.of(
            bin.resolve("kube-apiserver").toString(),
            "--etcd-servers=http://127.0.0.1:" + etcdPort,
            "--bind-address=127.0.0.1",
            "--advertise-address=127.0.0.1",
            "--secure-port=" + port,
            "--cert-dir=" + run.resolve("certs"),
            "--service-cluster-ip-range=10.96.0.0/16",
            "--service-account-issuer=https://kubernetes.default.svc",
            "--service-account-key-file=" + key,
            "--service-account-signing-key-file=" + key,
            "--token-auth-file=" + tokens,
            "--authorization-mode=RBAC",
            "--audit-policy-file=" + audit,
            "--audit-log-path=" + run.resolve("audit.log"),
            "--endpoint-reconciler-type=none"));
  }

  private static void installCrds(KubernetesClient client) throws IOException {
    try (var files = Files.list(Path.of("crds"))) {
      for (var file : files.toList()) {
        try (var in = new FileInputStream(file.toFile())) {
          client.load(in).serverSideApply();
        }
      }
    }
    client.apiextensions().v1().customResourceDefinitions().list().getItems().stream()
        .filter(crd -> crd.getSpec().getGroup().equals("hallpass.dev"))
        .forEach(
            crd ->
                client
                    .resource(crd)
                    .waitUntilCondition(
                        c ->
                            c.getStatus() != null
                                && c.getStatus().getConditions() != null
                                && c.getStatus().getConditions().stream()
                                    .anyMatch(
                                        s ->
                                            s.getType().equals("Established")
                                                && s.getStatus().equals("True")),
                        30,
                        TimeUnit.SECONDS));
  }
}
