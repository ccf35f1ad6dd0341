package dev.hallpass.e2e;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives each test a {@link Scene} on a real cluster with Hallpass and PostgreSQL: the cluster of
 * {@code KUBECONFIG}, else the one {@code hack/cluster up} and {@code hack/install} make. What a
 * failed test left behind is written to {@code target/e2e}.
 */
public final class HallpassCluster
    implements BeforeEachCallback, AfterEachCallback, ParameterResolver {
  private static final Namespace STORE = Namespace.create(HallpassCluster.class);

  /** Started once per JVM, closed with it. */
  record Shared(KubernetesClient client, Database database) implements AutoCloseable {
    @Override
    public void close() {
      database.close();
      client.close();
    }
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    var shared =
        context
            .getRoot()
            .getStore(STORE)
            .computeIfAbsent(Shared.class, k -> HallpassCluster.start(), Shared.class);
    var scene = Scene.bare(shared.client(), shared.database());
    context.getStore(STORE).put(Scene.class, scene);
    scene.furnish();
  }

  @Override
  public void afterEach(ExtensionContext context) throws IOException {
    var scene = context.getStore(STORE).get(Scene.class, Scene.class);
    if (scene == null) {
      return;
    }
    if (context.getExecutionException().isPresent()) {
      try {
        collect(context, scene);
      } finally {
        scene.close();
      }
    } else {
      close(context, scene);
    }
  }

  /** What does not go, or leaves something behind, is a failure as well. */
  private static void close(ExtensionContext context, Scene scene) throws IOException {
    try {
      scene.close();
    } catch (ConditionTimeoutException | KubernetesClientException e) {
      collect(context, scene);
      throw e;
    }
  }

  private static void collect(ExtensionContext context, Scene scene) throws IOException {
    var test =
        context.getRequiredTestClass().getSimpleName()
            + "."
            + context.getRequiredTestMethod().getName();
    new Evidence(scene.client(), Path.of("target", "e2e", test)).collect(scene.namespace());
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == Scene.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return context.getStore(STORE).get(Scene.class, Scene.class);
  }

  private static Shared start() {
    var kubeconfig = System.getenv("KUBECONFIG");
    if (kubeconfig == null || kubeconfig.isEmpty()) {
      Host.run("hack/cluster", "up");
      kubeconfig = Host.run("hack/cluster", "kubeconfig").strip();
    }
    Host.run("hack/install", "--test-images");
    var client = new KubernetesClientBuilder().withConfig(config(Path.of(kubeconfig))).build();
    return new Shared(client, Database.start(client));
  }

  private static Config config(Path kubeconfig) {
    try {
      return Config.fromKubeconfig(Files.readString(kubeconfig));
    } catch (IOException e) {
      throw new IllegalStateException("KUBECONFIG " + kubeconfig + " cannot be read", e);
    }
  }
}
