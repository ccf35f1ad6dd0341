package dev.hallpass.reconcile.notification;

import dev.hallpass.api.v1alpha1.BreakGlass;
import dev.hallpass.api.v1alpha1.BreakGlassStatus.Phase;
import dev.hallpass.api.v1alpha1.UserIdentity;
import dev.hallpass.notification.Notice;
import dev.hallpass.notification.Occasion;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What is to be told of a break-glass: that it was opened, that it ended, and its review. */
final class BreakGlassNotices {
  private BreakGlassNotices() {}

  /** Nothing before the controller has taken note of it. */
  static Stream<Due> of(BreakGlass breakGlass) {
    var status = breakGlass.getStatus();
    var phase = status == null ? null : status.phase();
    if (phase == null) {
      return Stream.empty();
    }
    var opened = due(breakGlass, Occasion.BREAK_GLASS_OPENED, opens(breakGlass));
    if (phase == Phase.Open) {
      return Stream.of(opened);
    }
    var ended = due(breakGlass, Occasion.BREAK_GLASS_ENDED, Instant.parse(status.endsAt()));
    var review = breakGlass.getSpec().review();
    var reviewedAt = review == null ? null : review.reviewedAt();
    return reviewedAt == null
        ? Stream.of(opened, ended)
        : Stream.of(
            opened,
            ended,
            due(breakGlass, Occasion.BREAK_GLASS_REVIEWED, Instant.parse(reviewedAt)));
  }

  private static Instant opens(BreakGlass breakGlass) {
    return Instant.parse(breakGlass.getMetadata().getCreationTimestamp());
  }

  private static Due due(BreakGlass breakGlass, Occasion occasion, Instant since) {
    var meta = breakGlass.getMetadata();
    return new Due(
        breakGlass,
        new Notice(
            occasion,
            meta.getUid(),
            "%s/breakglasses/%s".formatted(meta.getNamespace(), meta.getName()),
            since,
            data(breakGlass)));
  }

  private static Map<String, Object> data(BreakGlass breakGlass) {
    var meta = breakGlass.getMetadata();
    var spec = breakGlass.getSpec();
    var data = new LinkedHashMap<String, Object>();
    data.put("namespace", meta.getNamespace());
    data.put("breakGlass", meta.getName());
    data.put("credential", spec.credential());
    if (spec.requestRef() != null) {
      data.put("request", spec.requestRef().name());
    }
    if (spec.workload() != null) {
      data.put("serviceAccount", spec.workload().serviceAccountName());
    }
    data.put("openedBy", name(spec.openedBy()));
    data.put("incident", spec.incident());
    data.put("justification", spec.justification());
    data.put("duration", spec.duration());
    data.put("endsAt", String.valueOf(breakGlass.getStatus().endsAt()));
    var review = spec.review();
    if (review != null) {
      data.put("outcome", review.outcome().name());
      data.put("comment", review.comment());
      data.put("reviewedBy", name(review.reviewedBy()));
    }
    return data;
  }

  private static String name(@Nullable UserIdentity user) {
    return user == null ? "" : user.username();
  }
}
