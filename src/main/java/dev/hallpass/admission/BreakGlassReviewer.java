package dev.hallpass.admission;

import dev.hallpass.admission.BreakGlassStamp.Outcome;
import dev.hallpass.admission.BreakGlassStamp.Rules;
import dev.hallpass.api.v1alpha1.BreakGlass;
import dev.hallpass.kube.Catalog;
import dev.hallpass.kube.LiveCatalog;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Clock;
import java.time.Duration;
import java.util.Set;
import org.jboss.logging.Logger;

/**
 * Answers the API server's question about a break-glass that is opened or reviewed. Reads the
 * break-glasses and requests of its namespace from the API server at each question, and has no side
 * effect but a line in the log.
 */
public final class BreakGlassReviewer {
  private static final Logger LOG = Logger.getLogger(BreakGlassReviewer.class);
  private static final String CREATE = "CREATE";

  private final BreakGlassStamp stamp;
  private final Catalog live;
  private final ClusterRights rights;
  private final Clock clock;

  private BreakGlassReviewer(
      BreakGlassStamp stamp, Catalog live, ClusterRights rights, Clock clock) {
    this.stamp = stamp;
    this.live = live;
    this.rights = rights;
    this.clock = clock;
  }

  /**
   * Asks this client's API server what it needs to know.
   *
   * @param systemNamespace Hallpass's own
   * @param longest what a break-glass may last
   * @param unreviewed so many that ended without a review keep new ones out of their namespace; 0
   *     for never
   */
  public static BreakGlassReviewer by(
      KubernetesClient client,
      String systemNamespace,
      Duration longest,
      int unreviewed,
      Clock clock) {
    var controller = "system:serviceaccount:%s:hallpass-controller".formatted(systemNamespace);
    return new BreakGlassReviewer(
        new BreakGlassStamp(new Rules(longest, unreviewed, controller)),
        new LiveCatalog(client, systemNamespace),
        new ClusterRights(client),
        clock);
  }

  /**
   * The answer to a review, as JSON.
   *
   * @throws IllegalArgumentException where this is no AdmissionReview of a break-glass: answer with
   *     HTTP 400, and the API server refuses the object
   */
  public byte[] review(byte[] json) {
    var review = Review.read(json, Set.of("breakglasses"), Set.of(CREATE, "UPDATE"));
    var who = Requester.of(review);
    return switch (decide(review, who)) {
      case Outcome.Stamped(var patch) -> review.allow(patch);
      case Outcome.Refused(var reason, var message) -> {
        LOG.infof(
            "break-glass refused: namespace=%s user=%s reason=%s: %s",
            review.namespace(), who.username(), reason, message);
        yield review.refuse(reason, message);
      }
    };
  }

  private Outcome decide(Review review, Requester who) {
    var asked = review.object(BreakGlass.class);
    if (review.request().path("operation").asText().equals(CREATE)) {
      return stamp.open(
          review.object(),
          asked,
          who,
          live.breakGlasses(review.namespace()),
          live.requests(review.namespace()),
          verb -> rights.may(who, verb, null),
          clock.instant());
    }
    return stamp.change(
        review.object(),
        asked,
        review.oldObject(BreakGlass.class),
        who,
        verb -> rights.may(who, verb, null),
        clock.instant());
  }
}
