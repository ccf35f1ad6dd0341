package dev.hallpass.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.api.v1alpha1.CredentialLeaseStatus.LeasePhase;
import dev.hallpass.testing.KubeApi;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.dsl.NamespaceableResource;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * {@code manifests/valid-*.yaml} are accepted by a real API server, {@code invalid-*.yaml} refused
 * with the message in their first line, {@code # refused: …}. Where an invalid one has two
 * documents, the first is accepted, and the second is refused as a change of it.
 */
@ExtendWith(KubeApi.class)
class ManifestsIT {
  private static final Path FOLDER = Path.of("src/test/resources/manifests");
  private static final String EXPECTED = "# refused: ";

  static List<Path> manifests() throws IOException {
    try (var files = Files.list(FOLDER)) {
      return files.sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("manifests")
  void isAcceptedOrRefusedAsItsNameSays(Path file, KubeApi kube) throws IOException {
    var yaml = Files.readString(file);
    var objects = objects(kube, yaml);

    try {
      if (file.getFileName().toString().startsWith("valid-")) {
        objects.forEach(NamespaceableResource::create);
      } else {
        assertThat(yaml).startsWith(EXPECTED);
        objects.subList(0, objects.size() - 1).forEach(NamespaceableResource::create);
        assertThatThrownBy(() -> apply(objects))
            .hasMessageContaining(
                yaml.lines().findFirst().orElseThrow().substring(EXPECTED.length()));
      }
    } finally {
      // A policy that stays would have its say in all other tests.
      objects.forEach(NamespaceableResource::delete);
    }
  }

  @Test
  void aFreshLeaseIsPendingBeforeAnybodyHasWrittenItsStatus(KubeApi kube) throws IOException {
    var made = objects(kube, Files.readString(FOLDER.resolve("valid-lease.yaml"))).getLast();
    var name = made.create().getMetadata().getName();

    var leases = kube.client().resources(CredentialLease.class).inNamespace(kube.namespace());
    assertThat(leases.withName(name).get().getStatus().phase()).isEqualTo(LeasePhase.Pending);
  }

  private static void apply(List<NamespaceableResource<HasMetadata>> objects) {
    if (objects.size() == 1) {
      objects.getLast().create();
    } else {
      objects.getLast().update();
    }
  }

  private static List<NamespaceableResource<HasMetadata>> objects(KubeApi kube, String yaml) {
    return kube
        .client()
        .load(new ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8)))
        .items()
        .stream()
        .peek(
            o -> {
              if (!o.getKind().startsWith("Cluster")) {
                o.getMetadata().setNamespace(kube.namespace());
              }
            })
        .map(o -> kube.client().resource(o))
        .toList();
  }
}
