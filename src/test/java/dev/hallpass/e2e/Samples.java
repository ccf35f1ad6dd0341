package dev.hallpass.e2e;

import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Manifests of {@code config/samples}, as their readers apply them; taken away at the end. */
final class Samples implements AutoCloseable {
  private static final Path FOLDER = Path.of("config/samples");

  private final KubernetesClient client;
  private final List<HasMetadata> applied = new ArrayList<>();

  private Samples(KubernetesClient client) {
    this.client = client;
  }

  static Samples apply(Scene scene, String... files) {
    var samples = new Samples(scene.client());
    samples.apply(files);
    return samples;
  }

  void apply(String... files) {
    for (var file : files) {
      try (InputStream in = Files.newInputStream(FOLDER.resolve(file))) {
        client.load(in).items().forEach(o -> applied.add(client.resource(o).serverSideApply()));
      } catch (IOException e) {
        throw new UncheckedIOException(file, e);
      }
    }
  }

  /** Namespaces take with them what is in them, and their leases need the provider until then. */
  @Override
  public void close() {
    for (var object : applied.reversed()) {
      client.resource(object).delete();
      await(object.getMetadata().getName() + " is gone")
          .atMost(Duration.ofMinutes(3))
          .until(() -> client.resource(object).get() == null);
    }
  }
}
