package dev.hallpass.admission;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.hallpass.admission.BreakGlassStamp.Rules;
import dev.hallpass.api.v1alpha1.BreakGlass;
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
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Answers the API server's question about what people write: puts on it who wrote it, as the API
 * server knows them. Reads what it needs to know from the API server at each question, and has no
 * side effect but a line in the log.
 *
 * <p>The question comes before the schema is looked at. What cannot be read is left to the schema,
 * whose message says what is wrong, and without a stamp, so that it is refused in any case.
 */
public final class StampReviewer {
  private static final Logger LOG = Logger.getLogger(StampReviewer.class);
  private static final String REQUESTS = "credentialrequests";
  private static final String APPROVALS = "credentialapprovals";
  private static final String BREAK_GLASSES = "breakglasses";
  private static final String CREATE = "CREATE";
  private static final Optional<CredentialLease> NONE = Optional.empty();

  private final LeaseStore leases;
  private final Catalog live;
  private final ClusterRights rights;
  private final BreakGlassStamp breakGlass;
  private final Clock clock;

  private StampReviewer(
      LeaseStore leases,
      Catalog live,
      ClusterRights rights,
      BreakGlassStamp breakGlass,
      Clock clock) {
    this.leases = leases;
    this.live = live;
    this.rights = rights;
    this.breakGlass = breakGlass;
    this.clock = clock;
  }

  /**
   * Asks this client's API server what it needs to know.
   *
   * @param systemNamespace Hallpass's own
   * @param longest what a break-glass may last
   * @param unreviewed so many break-glasses that ended without a review keep new ones out of their
   *     namespace; 0 for never
   */
  public static StampReviewer by(
      KubernetesClient client,
      String systemNamespace,
      Duration longest,
      int unreviewed,
      Clock clock) {
    var controller = "system:serviceaccount:%s:hallpass-controller".formatted(systemNamespace);
    return new StampReviewer(
        new LeaseStore(client),
        new LiveCatalog(client, systemNamespace),
        new ClusterRights(client),
        new BreakGlassStamp(new Rules(longest, unreviewed, controller)),
        clock);
  }

  /**
   * The answer to a review, as JSON.
   *
   * @throws IllegalArgumentException where this is no AdmissionReview of such an object: answer
   *     with HTTP 400, and the API server refuses the object
   */
  public byte[] review(byte[] json) {
    var review =
        Review.read(json, Set.of(REQUESTS, APPROVALS, BREAK_GLASSES), Set.of(CREATE, "UPDATE"));
    var who = Requester.of(review);
    return switch (review.resource()) {
      case REQUESTS ->
          review.allow(RequestStamp.patch(review.object(), review.oldObject(), who.username()));
      case APPROVALS -> answer(review, who, "approval", approval(review, who));
      case BREAK_GLASSES -> answer(review, who, "break-glass", breakGlass(review, who));
      default -> throw new IllegalArgumentException(review.resource());
    };
  }

  private static byte[] answer(Review review, Requester who, String what, Stamping stamping) {
    return switch (stamping) {
      case Stamping.Stamped(var patch) -> review.allow(patch);
      case Stamping.Refused(var reason, var message) -> {
        LOG.infof(
            "%s refused: namespace=%s user=%s reason=%s: %s",
            what, review.namespace(), who.username(), reason, message);
        yield review.refuse(reason, message);
      }
    };
  }

  private static boolean isNew(Review review) {
    return review.request().path("operation").asText().equals(CREATE);
  }

  private Stamping breakGlass(Review review, Requester who) {
    var written =
        review.written(BreakGlass.class).filter(b -> BreakGlassStamp.isWhole(b.getSpec()));
    if (written.isEmpty()) {
      return BreakGlassStamp.leaveToSchema(review.object(), who);
    }
    var asked = written.get();
    Predicate<String> may = verb -> rights.may(who, verb, null);
    return isNew(review)
        ? breakGlass.open(
            review.object(),
            asked,
            who,
            live.breakGlasses(review.namespace()),
            live.requests(review.namespace()),
            may,
            clock.instant())
        : breakGlass.change(
            review.object(), asked, review.oldObject(BreakGlass.class), who, may, clock.instant());
  }

  private Stamping approval(Review review, Requester who) {
    // Its schema keeps it from being changed.
    return isNew(review)
        ? review
            .written(CredentialApproval.class)
            .map(a -> approval(a, review.namespace(), who))
            .orElseGet(() -> ApprovalStamp.leaveToSchema(review.object()))
        : new Stamping.Stamped(JsonNodeFactory.instance.arrayNode());
  }

  /** Anything may be missing. */
  private Stamping approval(CredentialApproval approval, String namespace, Requester who) {
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
        policy -> rights.may(who, "approve", policy));
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
