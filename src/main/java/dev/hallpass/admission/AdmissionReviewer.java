package dev.hallpass.admission;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hallpass.admission.InjectionDecision.Inject;
import dev.hallpass.admission.InjectionDecision.Leave;
import dev.hallpass.admission.InjectionDecision.Refuse;
import dev.hallpass.wire.Reason;
import io.fabric8.kubernetes.api.model.Pod;
import java.io.IOException;
import java.net.HttpURLConnection;
import org.jboss.logging.Logger;

/**
 * Answers the API server's question about a pod ({@code admission.k8s.io/v1 AdmissionReview}).
 * Thread-safe, never blocks, and has no side effect but a line in the log for each refusal.
 */
public final class AdmissionReviewer {
  private static final Logger LOG = Logger.getLogger(AdmissionReviewer.class);

  private final InjectionDecider decider;
  private final PodPatcher patcher;
  private final ObjectMapper mapper = new ObjectMapper();

  /** Answers as the decider decides. */
  public AdmissionReviewer(InjectionDecider decider, InjectionSettings settings) {
    this.decider = decider;
    this.patcher = new PodPatcher(new AgentContainers(settings), mapper);
  }

  /**
   * The answer to a review, as JSON.
   *
   * @throws IllegalArgumentException where this is no AdmissionReview of a pod's creation: answer
   *     with HTTP 400, and the API server refuses the pod
   */
  public byte[] review(byte[] json) {
    try {
      var review = mapper.readTree(json);
      var request = review.path("request");
      requireCreationOfPod(review, request);
      var answer = JsonNodeFactory.instance.objectNode();
      answer.set("apiVersion", review.get("apiVersion"));
      answer.put("kind", "AdmissionReview");
      answer.set("response", response(request));
      return mapper.writeValueAsBytes(answer);
    } catch (IOException e) {
      throw new IllegalArgumentException("not an AdmissionReview of a pod", e);
    }
  }

  private static void requireCreationOfPod(JsonNode review, JsonNode request) {
    if (!"admission.k8s.io/v1".equals(review.path("apiVersion").asText())
        || !"pods".equals(request.path("resource").path("resource").asText())
        || !"".equals(request.path("subResource").asText())
        || !"CREATE".equals(request.path("operation").asText())) {
      throw new IllegalArgumentException(
          "the webhook is for the creation of pods; correct the MutatingWebhookConfiguration");
    }
  }

  private ObjectNode response(JsonNode request) throws IOException {
    var pod = request.path("object");
    var namespace = request.path("namespace").asText();
    var response = JsonNodeFactory.instance.objectNode();
    response.set("uid", request.get("uid"));
    switch (decider.decide(mapper.treeToValue(pod, Pod.class), namespace)) {
      case Leave ignored -> response.put("allowed", true);
      case Inject inject -> {
        response.put("allowed", true);
        var patch = patcher.patch(pod, inject.plan());
        if (!patch.isEmpty()) {
          response.put("patchType", "JSONPatch").put("patch", mapper.writeValueAsBytes(patch));
        }
      }
      case Refuse refuse -> {
        LOG.infof(
            "pod refused namespace=%s pod=%s reason=%s",
            namespace, name(pod.path("metadata")), refuse.reason());
        response.put("allowed", false);
        response
            .putObject("status")
            .put("code", code(refuse.reason()))
            .put("reason", refuse.reason().name())
            .put("message", refuse.message());
      }
    }
    return response;
  }

  /** Pods of a controller have a prefix instead of a name. */
  private static String name(JsonNode metadata) {
    return metadata.path("name").asText(metadata.path("generateName").asText() + "*");
  }

  private static int code(Reason reason) {
    return reason.kind() == Reason.Kind.UNAVAILABLE
        ? HttpURLConnection.HTTP_UNAVAILABLE
        : HttpURLConnection.HTTP_FORBIDDEN;
  }
}
