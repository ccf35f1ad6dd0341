package dev.hallpass.admission;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.hallpass.api.v1alpha1.CredentialApproval;
import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.api.v1alpha1.CredentialRequest;
import dev.hallpass.kube.Catalog;
import dev.hallpass.kube.LiveCatalog;
import dev.hallpass.kube.ObjectName;
import dev.hallpass.lease.LeaseStore;
import dev.hallpass.wire.Reason;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Clock;
import java.util.Optional;
import java.util.Set;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Answers the API server's question about what people write: puts on it who wrote it, as the API
 * server knows them. Reads leases and requests from the API server at each question, and has no
 * side effect but a line in the log.
 */
public final class StampReviewer {
  private static final Logger LOG = Logger.getLogger(StampReviewer.class);
  private static final String REQUESTS = "credentialrequests";
  private static final String APPROVALS = "credentialapprovals";
  private static final Optional<CredentialLease> NONE = Optional.empty();
  private static final ObjectMapper MAPPER =
      new ObjectMapper().setDefaultPropertyInclusion(JsonInclude.Include.NON_NULL);

  private final LeaseStore leases;
  private final Catalog live;
  private final Approvers approvers;
  private final Clock clock;

  private StampReviewer(LeaseStore leases, Catalog live, Approvers approvers, Clock clock) {
    this.leases = leases;
    this.live = live;
    this.approvers = approvers;
    this.clock = clock;
  }

  /**
   * Asks this client's API server what it needs to know.
   *
   * @param systemNamespace Hallpass's own
   */
  public static StampReviewer by(KubernetesClient client, String systemNamespace, Clock clock) {
    var rights = new ClusterRights(client);
    return new StampReviewer(
        new LeaseStore(client),
        new LiveCatalog(client, systemNamespace),
        (who, policy) -> rights.may(who, "approve", policy),
        clock);
  }

  /**
   * The answer to a review, as JSON.
   *
   * @throws IllegalArgumentException where this is no AdmissionReview of such an object: answer
   *     with HTTP 400, and the API server refuses the object
   */
  public byte[] review(byte[] json) {
    var review = Review.read(json, Set.of(REQUESTS, APPROVALS), Set.of("CREATE", "UPDATE"));
    var who = Requester.of(review);
    return switch (review.resource()) {
      case REQUESTS ->
          review.allow(RequestStamp.patch(review.object(), review.oldObject(), who.username()));
      case APPROVALS -> approval(review, who);
      default -> throw new IllegalArgumentException(review.resource());
    };
  }

  private byte[] approval(Review review, Requester who) {
    if (!review.request().path("operation").asText().equals("CREATE")) {
      // Its schema keeps it from being changed.
      return review.allow(JsonNodeFactory.instance.arrayNode());
    }
    return switch (decide(review.object(CredentialApproval.class), review.namespace(), who)) {
      case Stamping.Stamped(var stamp) -> {
        var patch = new JsonPatch();
        patch.add("/spec/stamp", MAPPER.valueToTree(stamp));
        yield review.allow(patch.operations());
      }
      case Stamping.Refused(var reason, var message) -> {
        LOG.infof(
            "approval refused: namespace=%s user=%s reason=%s: %s",
            review.namespace(), who.username(), reason, message);
        yield review.refuse(reason, message);
      }
    };
  }

  /** The question comes before the schema is looked at: anything may be missing. */
  private Stamping decide(CredentialApproval approval, String namespace, Requester who) {
    var spec = approval.getSpec();
    var named = spec == null ? null : spec.leaseRef();
    if (named == null || isBlank(named.name()) || isBlank(named.uid())) {
      return new Stamping.Refused(
          Reason.ApprovalInvalid,
          "spec.leaseRef: give the name and the uid of the lease that you have read:"
              + " kubectl -n %s get clease NAME -o jsonpath='{.metadata.uid}'"
                  .formatted(namespace));
    }
    var name = named.name();
    var lease = ObjectName.isValid(name) ? leases.get(namespace, name) : NONE;
    return ApprovalStamp.decide(
        new ApprovalStamp.Input(
            spec,
            who,
            lease.orElse(null),
            lease.flatMap(l -> answered(namespace, l)).orElse(null),
            clock.instant()),
        policy -> approvers.may(who, policy));
  }

  private static boolean isBlank(@Nullable String text) {
    return text == null || text.isBlank();
  }

  private Optional<CredentialRequest> answered(String namespace, CredentialLease lease) {
    var ref = lease.getSpec().requestRef();
    return live.request(namespace, ref.name())
        .filter(r -> r.getMetadata().getUid().equals(ref.uid()));
  }
}
