package dev.hallpass.e2e;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
    context.getStore(STORE).put(Scene.class, Scene.open(shared.client(), shared.database()));
  }

  @Override
  public void afterEach(ExtensionContext context) throws IOException {
    var scene = context.getStore(STORE).get(Scene.class, Scene.class);
    if (context.getExecutionException().isPresent()) {
      var test =
          context.getRequiredTestClass().getSimpleName()
              + "."
              + context.getRequiredTestMethod().getName();
      new Evidence(scene.client(), Path.of("target", "e2e", test)).collect(scene.namespace());
    }
    scene.close();
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
