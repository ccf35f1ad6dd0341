package dev.hallpass.chart;

import dev.hallpass.testing.ServerProcess;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** {@code helm template} of the chart, with the Helm of {@code hack/cluster bin}. */
public final class Helm {
  static final String NAMESPACE = "hallpass-system";

  private Helm() {}

  /** The objects of the chart with these options of Helm; fails with Helm's own words. */
  static List<HasMetadata> objects(String... options) {
    var serialization = new KubernetesSerialization();
    return Arrays.stream(template(options).split("(?m)^---\\s*$"))
        .filter(d -> d.contains("\nkind: "))
        .<HasMetadata>map(serialization::unmarshal)
        .toList();
  }

  /** The same, for another namespace. */
  public static List<HasMetadata> objectsIn(String namespace) {
    return objects("--namespace=" + namespace);
  }

  /** What Helm prints; of an option given twice, the last counts. */
  static String template(String... options) {
    var bin = Path.of(ServerProcess.output("hack/cluster", "bin").strip());
    var command =
        new ArrayList<>(
            List.of(
                bin.resolve("helm").toString(),
                "template",
                "hallpass",
                "helm/hallpass",
                "--namespace=" + NAMESPACE,
                "--kube-version=1.34.4"));
    command.addAll(List.of(options));
    return ServerProcess.output(command.toArray(String[]::new));
  }

  /** The object of this kind and name. */
  static <T extends HasMetadata> T only(List<HasMetadata> objects, Class<T> kind, String name) {
    return objects.stream()
        .filter(kind::isInstance)
        .map(kind::cast)
        .filter(o -> o.getMetadata().getName().equals(name))
        .findFirst()
        .orElseThrow();
  }
}
