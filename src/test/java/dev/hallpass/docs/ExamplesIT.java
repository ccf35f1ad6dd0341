package dev.hallpass.docs;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hallpass.testing.KubeApi;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.dsl.FieldValidateable;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What people copy: the samples, and the manifests that pages show, are taken by a real API server
 * to the letter. What has no {@code apiVersion} is a part of one, and is not looked at.
 */
@ExtendWith(KubeApi.class)
class ExamplesIT {
  private static final Pattern SHOWN = Pattern.compile("(?ms)^( *)```yaml\n(.*?)^ *```");
  private static final Pattern BETWEEN = Pattern.compile("(?m)^---$");

  private static final Set<String> OF_THE_CLUSTER =
      Set.of(
          "ClusterCredentialProvider",
          "ClusterRole",
          "ClusterRoleBinding",
          "CredentialPolicy",
          "CustomResourceDefinition",
          "Namespace",
          "ValidatingAdmissionPolicy",
          "ValidatingAdmissionPolicyBinding");

  /** Nothing but a stamp of admission is missing. */
  private static final Set<String> STAMPED = Set.of("BreakGlass", "CredentialApproval");

  /** What readers put in themselves. */
  private static final Map<String, String> FILLED_IN =
      Map.of("NAME-OF-THE-LEASE", "orders-1", "UID-OF-THE-LEASE", "0f5c7b1e");

  /** A manifest, and where it stands. */
  record Example(Path file, String yaml) {
    @Override
    public String toString() {
      return file + ": " + yaml.lines().filter(l -> l.startsWith("kind:")).findFirst().orElse("");
    }
  }

  static List<Example> examples() throws IOException {
    try (var samples = Files.walk(Path.of("config"));
        var docs = Files.walk(Path.of("docs"))) {
      return Stream.of(samples.filter(ExamplesIT::manifest), docs, Stream.of(Path.of("README.md")))
          .flatMap(files -> files)
          .filter(Files::isRegularFile)
          .sorted()
          .flatMap(ExamplesIT::of)
          .toList();
    }
  }

  /** Cases of policies are for the plugin. */
  private static boolean manifest(Path file) {
    return file.toString().endsWith(".yaml") && !file.startsWith("config/policies/cases");
  }

  private static Stream<Example> of(Path file) {
    try {
      var text = Files.readString(file);
      var shown =
          file.toString().endsWith(".md")
              ? SHOWN
                  .matcher(text)
                  .results()
                  .map(m -> m.group(2).replaceAll("(?m)^" + m.group(1), ""))
              : Stream.of(text);
      return shown
          .flatMap(BETWEEN::splitAsStream)
          .filter(yaml -> yaml.lines().anyMatch(l -> l.startsWith("apiVersion:")))
          .map(yaml -> new Example(file, yaml));
    } catch (IOException e) {
      throw new IllegalStateException(file + " cannot be read", e);
    }
  }

  @ParameterizedTest
  @MethodSource("examples")
  void isTakenToTheLetter(Example example, KubeApi kube) {
    var object = object(example, kube.namespace());

    if (STAMPED.contains(object.getKind())) {
      assertThatThrownBy(() -> take(kube, object))
          .hasMessageContaining("Hallpass writes it at creation and did not")
          .hasMessageNotContaining("unknown field");
    } else {
      assertThatCode(() -> take(kube, object)).doesNotThrowAnyException();
    }
  }

  private static GenericKubernetesResource object(Example example, String namespace) {
    var yaml = example.yaml();
    for (var filled : FILLED_IN.entrySet()) {
      yaml = yaml.replace(filled.getKey(), filled.getValue());
    }
    var object = Serialization.unmarshal(yaml, GenericKubernetesResource.class);
    if (!OF_THE_CLUSTER.contains(object.getKind())) {
      object.getMetadata().setNamespace(namespace);
    }
    return object;
  }

  /** Whether there is one of that name, or not. */
  private static void take(KubeApi kube, GenericKubernetesResource object) {
    var strictly =
        kube.client()
            .resource(object)
            .dryRun()
            .fieldValidation(FieldValidateable.Validation.STRICT);
    if (object.getMetadata().getName() == null) {
      strictly.create();
    } else {
      strictly.forceConflicts().serverSideApply();
    }
  }
}
