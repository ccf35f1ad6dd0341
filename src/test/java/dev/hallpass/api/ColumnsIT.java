package dev.hallpass.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hallpass.testing.KubeApi;
import dev.hallpass.testing.ServerProcess;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What the real kubectl shows of our kinds, without a plugin. */
@ExtendWith(KubeApi.class)
class ColumnsIT {
  private static final Path MANIFESTS = Path.of("src/test/resources/manifests");

  @TempDir private Path cache;
  private KubeApi kube;

  @BeforeEach
  void open(KubeApi api) {
    kube = api;
  }

  private String kubectl(String... arguments) {
    var bin = Path.of(ServerProcess.output("hack/cluster", "bin").strip());
    var command =
        new ArrayList<>(
            List.of(
                bin.resolve("kubectl").toString(),
                "--kubeconfig=/dev/null",
                "--cache-dir=" + cache,
                "--server=" + kube.client().getMasterUrl(),
                "--token=" + kube.client().getConfiguration().getOauthToken(),
                "--insecure-skip-tls-verify",
                "--namespace=" + kube.namespace()));
    command.addAll(List.of(arguments));
    return ServerProcess.output(command.toArray(String[]::new));
  }

  @Test
  void eachKindHasItsShortNameAndIsInTheCategory() {
    assertThat(kubectl("api-resources", "--categories=hallpass", "--no-headers").lines())
        .map(line -> line.split(" +"))
        .map(words -> words[0] + " " + words[1])
        .containsExactlyInAnyOrder(
            "breakglasses bglass",
            "clustercredentialproviders ccprov",
            "credentialapprovals cappr",
            "credentialleases clease",
            "credentialpolicies cpol",
            "credentialproviders cprov",
            "credentialrequests creq");
  }

  @Test
  void requestsAndLeasesHaveTheColumnsOfTheReadme() throws IOException {
    var made = List.of(make("valid-request.yaml"), make("valid-lease.yaml"));

    var shown = kubectl("get", "creq,clease").lines();

    assertThat(headers(shown))
        .hasSize(2)
        .isEqualTo(headers(Files.readString(Path.of("README.md")).lines()));
    // The controllers of other tests would look after them.
    made.forEach(object -> kube.client().resource(object).delete());
  }

  private HasMetadata make(String file) throws IOException {
    try (var in = Files.newInputStream(MANIFESTS.resolve(file))) {
      return kube.client().load(in).inNamespace(kube.namespace()).create().getFirst();
    }
  }

  private static List<List<String>> headers(Stream<String> lines) {
    return lines
        .filter(line -> line.startsWith("NAME "))
        .map(line -> List.of(line.split(" +")))
        .toList();
  }
}
