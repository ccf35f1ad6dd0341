package dev.hallpass.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;

/** What an API server keeps, byte for byte. */
final class Etcd {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int AT_ONCE = 500;

  private final URI range;

  /** Reads from the etcd that listens there. */
  Etcd(String url) {
    this.range = URI.create(url + "/v3/kv/range");
  }

  /** All values whose keys begin so, by their keys. */
  Map<String, byte[]> under(String prefix) {
    var all = new LinkedHashMap<String, byte[]>();
    var end =
        prefix.substring(0, prefix.length() - 1) + (char) (prefix.charAt(prefix.length() - 1) + 1);
    try (var http = HttpClient.newHttpClient()) {
      var from = prefix;
      var more = true;
      while (more) {
        var answer = read(http, from, end);
        for (var pair : answer.path("kvs")) {
          from = new String(decoded(pair, "key"), UTF_8);
          all.put(from, decoded(pair, "value"));
        }
        from += "\0";
        more = answer.path("more").asBoolean();
      }
    }
    return all;
  }

  private JsonNode read(HttpClient http, String from, String end) {
    var asked =
        JSON.createObjectNode()
            .put("key", encoded(from))
            .put("range_end", encoded(end))
            .put("limit", AT_ONCE);
    try {
      var answer =
          http.send(
              HttpRequest.newBuilder(range).POST(BodyPublishers.ofString(asked.toString())).build(),
              BodyHandlers.ofString());
      if (answer.statusCode() != 200) {
        throw new IllegalStateException("etcd answers " + answer.body());
      }
      return JSON.readTree(answer.body());
    } catch (IOException e) {
      throw new IllegalStateException("etcd does not answer", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("etcd was not waited for", e);
    }
  }

  private static String encoded(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
  }

  private static byte[] decoded(JsonNode pair, String name) {
    return Base64.getDecoder().decode(pair.path(name).asText());
  }
}
