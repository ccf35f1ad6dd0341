package dev.hallpass.admission;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hallpass.wire.Excerpt;
import dev.hallpass.wire.Reason;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.util.Optional;
import java.util.Set;

/**
 * A question of the API server ({@code admission.k8s.io/v1 AdmissionReview}), and its answers as
 * JSON.
 */
final class Review {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final JsonNode review;

  private Review(JsonNode review) {
    this.review = review;
  }

  /**
   * Reads a question about objects of these resources.
   *
   * @param operations what is done to them: {@code CREATE}, {@code UPDATE}
   * @throws IllegalArgumentException where it is none: answer with HTTP 400, and the API server
   *     refuses the object
   */
  static Review read(byte[] json, Set<String> resources, Set<String> operations) {
    try {
      var review = MAPPER.readTree(json);
      var request = review.path("request");
      if (!"admission.k8s.io/v1".equals(review.path("apiVersion").asText())
          || !resources.contains(request.path("resource").path("resource").asText())
          || !"".equals(request.path("subResource").asText())
          || !operations.contains(request.path("operation").asText())) {
        throw new IllegalArgumentException(
            "the webhook is for %s of %s; correct the MutatingWebhookConfiguration"
                .formatted(operations, resources));
      }
      return new Review(review);
    } catch (IOException e) {
      throw new IllegalArgumentException("not an AdmissionReview", e);
    }
  }

  JsonNode request() {
    return review.path("request");
  }

  String resource() {
    return request().path("resource").path("resource").asText();
  }

  String namespace() {
    return request().path("namespace").asText();
  }

  JsonNode object() {
    return request().path("object");
  }

  JsonNode oldObject() {
    return request().path("oldObject");
  }

  /**
   * The object as a resource.
   *
   * @throws IllegalArgumentException where it cannot be one
   */
  <T> T object(Class<T> type) {
    return read(object(), type);
  }

  /**
   * What somebody writes, as a resource; empty where it cannot be one. Without its status, which
   * the API server does not take from them, and so looks at no more than this does.
   */
  <T> Optional<T> written(Class<T> type) {
    if (!(object() instanceof ObjectNode whole)) {
      return Optional.empty();
    }
    try {
      return Optional.of(read(whole.deepCopy().without("status"), type));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** What it is changed from, likewise. */
  <T> T oldObject(Class<T> type) {
    return read(oldObject(), type);
  }

  private static <T> T read(JsonNode object, Class<T> type) {
    try {
      return MAPPER.treeToValue(object, type);
    } catch (IOException e) {
      throw new IllegalArgumentException("not a " + type.getSimpleName(), e);
    }
  }

  /** It may be, with these operations of a JSON Patch done to it. */
  byte[] allow(ArrayNode patch) {
    var response = JsonNodeFactory.instance.objectNode().put("allowed", true);
    if (!patch.isEmpty()) {
      response.put("patchType", "JSONPatch").put("patch", bytes(patch));
    }
    return answer(response);
  }

  /** It may not be. */
  byte[] refuse(Reason reason, String message) {
    var response = JsonNodeFactory.instance.objectNode().put("allowed", false);
    response
        .putObject("status")
        .put("code", code(reason))
        .put("reason", reason.name())
        .put("message", Excerpt.of(message, Excerpt.STATEMENTS));
    return answer(response);
  }

  private byte[] answer(ObjectNode response) {
    response.set("uid", request().get("uid"));
    var answer = JsonNodeFactory.instance.objectNode();
    answer.set("apiVersion", review.get("apiVersion"));
    answer.put("kind", "AdmissionReview");
    answer.set("response", response);
    return bytes(answer);
  }

  private static byte[] bytes(JsonNode json) {
    try {
      return MAPPER.writeValueAsBytes(json);
    } catch (IOException e) {
      throw new IllegalStateException("an answer cannot be written", e);
    }
  }

  private static int code(Reason reason) {
    return reason.kind() == Reason.Kind.UNAVAILABLE
        ? HttpURLConnection.HTTP_UNAVAILABLE
        : HttpURLConnection.HTTP_FORBIDDEN;
  }
}
