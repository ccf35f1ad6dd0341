package dev.hallpass.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is in the images that run beside people's apps, or with the right to mint. */
@ExtendWith(HallpassCluster.class)
class ImagesE2E {
  private static final Set<String> SHELLS =
      Set.of("sh", "ash", "bash", "dash", "zsh", "busybox", "toybox", "env", "perl", "python3");

  @ParameterizedTest
  @ValueSource(strings = {"hallpass", "agent"})
  void runsAsNobodyInParticularAndHasNoShell(String image) throws IOException {
    var manifest = json(image, "manifest.json").get(0);

    var user = json(image, manifest.get("Config").asText()).at("/config/User").asText();
    var files = files(image, manifest.get("Layers"));

    assertThat(user).matches("[1-9][0-9]*:[1-9][0-9]*");
    assertThat(files).extracting(Entry::name).contains("java").doesNotContainAnyElementsOf(SHELLS);
    assertThat(files)
        .extracting(Entry::mode)
        .as("nothing runs as somebody else")
        .noneMatch(mode -> mode.contains("s"));
  }

  /** A file of a layer: its mode as {@code ls} writes it, and its name without the folders. */
  private record Entry(String mode, String name) {

    static Entry of(String line) {
      var path = line.replaceFirst(" (->|link to) .*", "").replaceFirst("/$", "");
      return new Entry(line.substring(0, 10), path.substring(path.lastIndexOf('/') + 1));
    }
  }

  private static List<Entry> files(String image, JsonNode layers) {
    return StreamSupport.stream(layers.spliterator(), false)
        .flatMap(
            layer ->
                Host.run(
                        "sh",
                        "-c",
                        "tar -xOf target/images/%s.tar %s | gzip -dc | tar -tvf -"
                            .formatted(image, layer.asText()))
                    .lines())
        .map(Entry::of)
        .toList();
  }

  private static JsonNode json(String image, String file) throws IOException {
    return new ObjectMapper()
        .readTree(Host.run("tar", "-xOf", "target/images/%s.tar".formatted(image), file));
  }
}
