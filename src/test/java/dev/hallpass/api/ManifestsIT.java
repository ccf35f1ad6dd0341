package dev.hallpass.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hallpass.api.v1alpha1.CredentialProvider;
import dev.hallpass.testing.KubeApi;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
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
 * with the message in their first line, {@code # refused: …}.
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

  @Test
  void aProvidersServerCannotBeExchangedUnderItsLeases(KubeApi kube) throws IOException {
    var provider =
        Serialization.unmarshal(
            Files.readString(FOLDER.resolve("valid-provider.yaml")), CredentialProvider.class);
    provider.getMetadata().setNamespace(kube.namespace());
    kube.client().resource(provider).create();

    assertThatThrownBy(
            () ->
                kube.client()
                    .resources(CredentialProvider.class)
                    .inNamespace(kube.namespace())
                    .withName(provider.getMetadata().getName())
                    .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        "{\"spec\":{\"postgresql\":{\"host\":\"elsewhere.svc\"}}}"))
        .hasMessageContaining("spec.postgresql: host and port cannot be changed");
  }

  @ParameterizedTest
  @MethodSource("manifests")
  void isAcceptedOrRefusedAsItsNameSays(Path file, KubeApi kube) throws IOException {
    var yaml = Files.readString(file);
    var manifest =
        kube.client()
            .load(new ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8)))
            .inNamespace(kube.namespace());

    if (file.getFileName().toString().startsWith("valid-")) {
      assertThat(manifest.create()).isNotEmpty();
    } else {
      assertThat(yaml).startsWith(EXPECTED);
      assertThatThrownBy(manifest::create)
          .hasMessageContaining(
              yaml.lines().findFirst().orElseThrow().substring(EXPECTED.length()));
    }
  }
}
