package dev.hallpass.admission;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.hallpass.admission.Stamping.Refused;
import dev.hallpass.admission.Stamping.Stamped;
import dev.hallpass.api.v1alpha1.BreakGlass;
import dev.hallpass.api.v1alpha1.BreakGlassSpec;
import dev.hallpass.api.v1alpha1.CredentialRequest;
import dev.hallpass.api.v1alpha1.HallpassApi;
import dev.hallpass.api.v1alpha1.UserIdentity;
import dev.hallpass.policy.BreakGlassWindow;
import dev.hallpass.policy.Durations;
import dev.hallpass.policy.OpenBreakGlass;
import dev.hallpass.wire.Reason;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Writes on a break-glass who opened and who reviewed it, whatever the manifest says, and refuses
 * what must not be. Pure.
 */
final class BreakGlassStamp {

  /**
   * What this Hallpass lets be.
   *
   * @param longest what a break-glass may last
   * @param unreviewed so many that ended without a review keep new ones out of their namespace; 0
   *     for never
   * @param controller the user who may take the finalizer away
   */
  record Rules(Duration longest, int unreviewed, String controller) {}

  /** What stands for digests where none can be made: no digest, so that the schema refuses it. */
  static final String NO_DIGEST = "none, as the rest of spec is not valid";

  private final Rules rules;

  BreakGlassStamp(Rules rules) {
    this.rules = rules;
  }

  /** Whether all is there, in its form, that is looked at here; else the schema refuses it. */
  static boolean isWhole(@Nullable BreakGlassSpec spec) {
    if (spec == null || spec.credential() == null || !isDuration(spec.duration())) {
      return false;
    }
    var workload = spec.workload();
    var request = spec.requestRef();
    return workload == null
        ? request != null && request.name() != null
        : request == null && workload.serviceAccountName() != null;
  }

  private static boolean isDuration(@Nullable String text) {
    try {
      return text != null && !Durations.parse(text).isNegative();
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** One that cannot be read, or is not whole. What it would open cannot be told: nothing. */
  static Stamping leaveToSchema(JsonNode object, Requester who) {
    var patch = new JsonPatch();
    var spec = object.path("spec");
    if (spec.isObject()) {
      if (!spec.has("openedBy")) {
        patch.add("/spec/openedBy", who.identity());
      }
      patch.add("/spec/digests", List.of(NO_DIGEST));
    }
    return new Stamped(patch.operations());
  }

  /**
   * One that is opened.
   *
   * @param object as it is to be, and the same as a resource
   * @param others the break-glasses of its namespace
   * @param requests the requests of its namespace
   * @param may which verbs they have on CredentialPolicies of the cluster
   */
  Stamping open(
      JsonNode object,
      BreakGlass asked,
      Requester who,
      List<BreakGlass> others,
      List<CredentialRequest> requests,
      Predicate<String> may,
      Instant now) {
    var concerned = requests.stream().filter(r -> OpenBreakGlass.concerns(asked, r)).toList();
    return lacking("break-glass", who, may)
        .or(() -> flaw(asked.getSpec(), concerned.size()))
        .or(() -> unreviewed(others, now))
        .<Stamping>map(message -> new Refused(Reason.BreakGlassRefused, message))
        .orElseGet(
            () -> {
              var patch = new JsonPatch();
              patch.add("/spec/openedBy", who.identity());
              patch.add(
                  "/spec/digests",
                  concerned.stream()
                      .flatMap(r -> OpenBreakGlass.digest(asked, r).stream())
                      .sorted()
                      .toList());
              keepFinalizer(patch, object);
              return new Stamped(patch.operations());
            });
  }

  private Optional<String> flaw(BreakGlassSpec spec, int concerned) {
    if (spec.review() != null) {
      return Optional.of("spec.review: is added after the break-glass has ended; remove it");
    }
    if (Durations.parse(spec.duration()).compareTo(rules.longest()) > 0) {
      return Optional.of(
          "spec.duration: is %s, and this Hallpass allows %s at most (breakGlass.maxDuration)"
              .formatted(spec.duration(), Durations.format(rules.longest())));
    }
    if (concerned > BreakGlassSpec.MOST_REQUESTS) {
      return Optional.of(
          "spec.workload: %d CredentialRequests have a credential %s for that workload, and a break-glass opens %d at most; give spec.requestRef instead"
              .formatted(concerned, spec.credential(), BreakGlassSpec.MOST_REQUESTS));
    }
    return concerned > 0
        ? Optional.empty()
        : Optional.of(
            "spec: no CredentialRequest of this namespace has a credential %s for %s, so that nothing would be opened; correct spec.credential, or what it is for"
                .formatted(
                    spec.credential(),
                    spec.requestRef() == null
                        ? "that workload"
                        : "spec.requestRef.name " + spec.requestRef().name()));
  }

  private static Optional<String> lacking(String verb, Requester who, Predicate<String> may) {
    return may.test(verb)
        ? Optional.empty()
        : Optional.of(
            "%s may not %s: a ClusterRoleBinding to the ClusterRole hallpass-may-%s gives the right, and what somebody may do in a namespace does not"
                .formatted(who.username(), verb, verb));
  }

  private Optional<String> unreviewed(List<BreakGlass> others, Instant now) {
    var waiting =
        others.stream()
            .filter(b -> b.getSpec().review() == null)
            .filter(b -> !BreakGlassWindow.of(b, rules.longest()).open(now))
            .map(b -> b.getMetadata().getName())
            .sorted()
            .toList();
    return rules.unreviewed() == 0 || waiting.size() < rules.unreviewed()
        ? Optional.empty()
        : Optional.of(
            "%d break-glasses of this namespace have ended and wait for their review, and no more may be opened before that (breakGlass.blockWhenUnreviewed): %s"
                .formatted(waiting.size(), String.join(", ", waiting)));
  }

  /**
   * One that is changed: its schema lets a review be added, and nothing else.
   *
   * @param may which verbs they have on CredentialPolicies of the cluster
   */
  Stamping change(
      JsonNode object,
      BreakGlass asked,
      BreakGlass old,
      Requester who,
      Predicate<String> may,
      Instant now) {
    var patch = new JsonPatch();
    if (holdsFinalizer(old) && !who.username().equals(rules.controller())) {
      keepFinalizer(patch, object);
    }
    if (asked.getSpec().review() == null || old.getSpec().review() != null) {
      return new Stamped(patch.operations());
    }
    var lacking = lacking("review", who, may);
    if (lacking.isPresent()) {
      return new Refused(Reason.BreakGlassRefused, lacking.get());
    }
    var opener = old.getSpec().openedBy();
    if (opener != null && same(opener, who)) {
      return new Refused(
          Reason.BreakGlassRefused,
          "spec.review: %s opened it; somebody else must review it".formatted(who.username()));
    }
    var window = BreakGlassWindow.of(old, rules.longest());
    if (window.open(now)) {
      return new Refused(
          Reason.BreakGlassRefused,
          "spec.review: it is open until %s; review it after that, or delete it to end it now"
              .formatted(window.ends()));
    }
    patch.add("/spec/review/reviewedBy", who.identity());
    patch.add("/spec/review/reviewedAt", now.truncatedTo(ChronoUnit.SECONDS).toString());
    return new Stamped(patch.operations());
  }

  private static boolean same(UserIdentity opener, Requester who) {
    return opener.username().equals(who.username())
        || (opener.uid() != null && opener.uid().equals(who.uid()));
  }

  private static boolean holdsFinalizer(BreakGlass breakGlass) {
    var finalizers = breakGlass.getMetadata().getFinalizers();
    return finalizers != null && finalizers.contains(HallpassApi.REVIEW_FINALIZER);
  }

  private static void keepFinalizer(JsonPatch patch, JsonNode object) {
    var finalizer = JsonNodeFactory.instance.textNode(HallpassApi.REVIEW_FINALIZER);
    var present = object.path("metadata").path("finalizers");
    if (!present.isArray()) {
      patch.add("/metadata/finalizers", JsonNodeFactory.instance.arrayNode().add(finalizer));
      return;
    }
    for (var known : present) {
      if (known.equals(finalizer)) {
        return;
      }
    }
    patch.add("/metadata/finalizers/-", finalizer);
  }
}
