package dev.hallpass.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hallpass.testing.TestAuthority;
import io.fabric8.kubernetes.api.model.Pod;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** {@link CollectorMain} in a pod of the scene's namespace, which Hallpass reaches over https. */
record AuditCollector(Scene scene, Pod pod) {
  private static final String NAME = "collector";
  private static final ObjectMapper JSON = new ObjectMapper();

  /** One that shows a certificate of this authority. */
  static AuditCollector in(Scene scene, TestAuthority authority) {
    var certificate = authority.server("DNS:" + host(scene));
    scene.apply(
        "collector.yaml",
        Map.of(
            "CERTIFICATE",
            base64(certificate.certificate().getBytes(UTF_8)),
            "KEY",
            base64(certificate.key().getBytes(UTF_8)),
            "CLASS",
            base64(code())));
    return new AuditCollector(scene, scene.awaitRunning(NAME));
  }

  private static byte[] code() {
    try (var file = CollectorMain.class.getResourceAsStream("CollectorMain.class")) {
      return Objects.requireNonNull(file).readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  private static String host(Scene scene) {
    return "%s.%s.svc".formatted(NAME, scene.namespace());
  }

  String url() {
    return "https://%s/".formatted(host(scene));
  }

  /** It answers no more, and closes nothing. */
  void hang() {
    scene.signal(pod, NAME, "STOP");
  }

  /** It takes what it was sent meanwhile, whose senders have given up, and whatever comes. */
  void goOn() {
    scene.signal(pod, NAME, "CONT");
  }

  /** All that it has taken, in that order; what it was sent again is there again. */
  List<JsonNode> taken() {
    var log = scene.client().pods().resource(pod).inContainer(NAME).getLog();
    var taken = new ArrayList<JsonNode>();
    log.substring(0, log.lastIndexOf('\n') + 1)
        .lines()
        // Not what Java has to say of the collector's libraries.
        .filter(line -> line.startsWith("[{"))
        .forEach(batch -> read(batch).forEach(taken::add));
    return taken;
  }

  /** Each record once, as {@code source} and {@code id} tell it. */
  List<JsonNode> records() {
    var known = new HashSet<String>();
    return taken().stream().filter(r -> known.add(name(r))).toList();
  }

  /** What the records of a trail are known by. */
  static List<String> names(List<String> trail) {
    return trail.stream().map(AuditCollector::read).map(AuditCollector::name).toList();
  }

  private static String name(JsonNode trailed) {
    return trailed.path("source").asText() + "#" + trailed.path("id").asText();
  }

  private static JsonNode read(String line) {
    try {
      return JSON.readTree(line);
    } catch (JsonProcessingException e) {
      throw new AssertionError(line, e);
    }
  }

  /** Writes its records to a file, one a line. */
  Path trail(Path file) {
    try {
      return Files.write(file, records().stream().map(JsonNode::toString).toList());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
