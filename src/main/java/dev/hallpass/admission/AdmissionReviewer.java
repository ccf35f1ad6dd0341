package dev.hallpass.admission;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.hallpass.admission.InjectionDecision.Inject;
import dev.hallpass.admission.InjectionDecision.Leave;
import dev.hallpass.admission.InjectionDecision.Refuse;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.Set;
import org.jboss.logging.Logger;

/**
 * Answers the API server's question about a pod ({@code admission.k8s.io/v1 AdmissionReview}).
 * Thread-safe, never blocks, and has no side effect but a line in the log for each refusal.
 */
public final class AdmissionReviewer {
  private static final Logger LOG = Logger.getLogger(AdmissionReviewer.class);

  private final InjectionDecider decider;
  private final PodPatcher patcher;

  /** Answers as the decider decides. */
  public AdmissionReviewer(InjectionDecider decider, InjectionSettings settings) {
    this.decider = decider;
    this.patcher = new PodPatcher(new AgentContainers(settings), new ObjectMapper());
  }

  /**
   * The answer to a review, as JSON.
   *
   * @throws IllegalArgumentException where this is no AdmissionReview of a pod's creation: answer
   *     with HTTP 400, and the API server refuses the pod
   */
  public byte[] review(byte[] json) {
    var review = Review.read(json, Set.of("pods"), Set.of("CREATE"));
    return switch (decider.decide(review.object(Pod.class), review.namespace())) {
      case Leave ignored -> review.allow(JsonNodeFactory.instance.arrayNode());
      case Inject inject -> review.allow(patcher.patch(review.object(), inject.plan()));
      case Refuse refuse -> {
        LOG.infof(
            "pod refused namespace=%s pod=%s reason=%s",
            review.namespace(), name(review.object().path("metadata")), refuse.reason());
        yield review.refuse(refuse.reason(), refuse.message());
      }
    };
  }

  /** Pods of a controller have a prefix instead of a name. */
  private static String name(JsonNode metadata) {
    return metadata.path("name").asText(metadata.path("generateName").asText() + "*");
  }
}
