package dev.hallpass.kube;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.hallpass.api.v1alpha1.CredentialPolicy;
import dev.hallpass.kube.ParamState.Found;
import dev.hallpass.testing.KubeApi;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.FieldValidateable;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** {@code config/policies/change-windows.yaml}, applied as its comment says. */
@ExtendWith(KubeApi.class)
class ChangeWindowsIT {
  private static final Path FILE = Path.of("config/policies/change-windows.yaml");

  private List<HasMetadata> made = List.of();
  private KubernetesClient client;

  @AfterEach
  void remove() {
    made.forEach(o -> client.resource(o).delete());
  }

  @Test
  void theKindTheWindowAndThePolicyFitEachOther(KubeApi kube) throws IOException {
    client = kube.client();
    try (var in = Files.newInputStream(FILE)) {
      made = client.load(in).items();
    }
    for (var object : made) {
      client
          .resource(object)
          .fieldValidation(FieldValidateable.Validation.STRICT)
          .serverSideApply();
    }
    var window = Serialization.unmarshal(inTheComment(), GenericKubernetesResource.class);
    client
        .resource(
            new NamespaceBuilder()
                .withNewMetadata()
                .withName(window.getMetadata().getNamespace())
                .endMetadata()
                .build())
        .serverSideApply();
    await().ignoreExceptions().until(() -> client.resource(window).serverSideApply() != null);
    var policy = client.resources(CredentialPolicy.class).withName("change-windows").get();

    var known = new LiveCatalog(client, kube.namespace()).params();

    assertThat(known.of(Objects.requireNonNull(policy.getSpec().params())))
        .isInstanceOfSatisfying(
            Found.class,
            found ->
                assertThat(found.value().get("spec"))
                    .isEqualTo(
                        Map.of(
                            "windows",
                            List.of(
                                Map.of(
                                    "change",
                                    "CHG0001234",
                                    "from",
                                    "2027-01-04T20:00:00Z",
                                    "until",
                                    "2027-01-04T23:00:00Z")))));
  }

  /** What the comment has people apply. */
  private static String inTheComment() throws IOException {
    var lines = Files.readAllLines(FILE).stream().map(l -> l.replaceFirst("^#   ", "")).toList();
    return String.join(
        "\n", lines.subList(lines.indexOf("kubectl apply -f - <<END") + 1, lines.indexOf("END")));
  }
}
