package dev.hallpass.delivery;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The configuration of kubectl and of the client libraries (kubeconfig v1), with one cluster, one
 * user and one context. It is written as JSON, which is YAML, so that no value can be taken for
 * more.
 *
 * @param fields of the credential: server, namespace and serviceAccount, and ca where there is one
 * @param token the user's entry that authenticates: token or tokenFile
 */
record Kubeconfig(Map<String, String> fields, Map.Entry<String, String> token) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String CLUSTER = "cluster";

  String yaml() {
    var user = Objects.requireNonNull(fields.get("serviceAccount"), "a token's account");
    var cluster = new LinkedHashMap<String, Object>();
    cluster.put("server", fields.get("server"));
    var ca = fields.get("ca");
    if (ca != null) {
      cluster.put(
          "certificate-authority-data",
          Base64.getEncoder().encodeToString(ca.getBytes(StandardCharsets.UTF_8)));
    }
    var config = new LinkedHashMap<String, Object>();
    config.put("apiVersion", "v1");
    config.put("kind", "Config");
    config.put("clusters", named(CLUSTER, CLUSTER, cluster));
    config.put("users", named(user, "user", Map.of(token.getKey(), token.getValue())));
    var context = new LinkedHashMap<String, Object>();
    context.put(CLUSTER, CLUSTER);
    context.put("namespace", fields.get("namespace"));
    context.put("user", user);
    config.put("contexts", named("hallpass", "context", context));
    config.put("current-context", "hallpass");
    try {
      return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(config) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("maps of strings are JSON", e);
    }
  }

  private static List<Map<String, Object>> named(
      String name, String key, Map<String, ? extends Object> value) {
    var entry = new LinkedHashMap<String, Object>();
    entry.put("name", name);
    entry.put(key, value);
    return List.of(entry);
  }
}
