package dev.hallpass.admission;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hallpass.admission.BreakGlassStamp.Rules;
import dev.hallpass.api.v1alpha1.BreakGlass;
import dev.hallpass.api.v1alpha1.CredentialRequest;
import dev.hallpass.policy.Ask;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** Who is said to have opened and reviewed what, against what manifests say. */
class BreakGlassStampTest {
  private static final Instant NOW = Instant.parse("2026-03-14T15:31:00Z");
  private static final String CONTROLLER =
      "system:serviceaccount:hallpass-system:hallpass-controller";
  private static final Rules RULES = new Rules(Duration.ofHours(1), 2, CONTROLLER);
  private static final Requester ADA = new Requester("ada", "u-1", List.of("on-call"), Map.of());
  private static final Requester GRACE = new Requester("grace", null, List.of(), Map.of());

  private static final CredentialRequest REQUEST =
      Serialization.unmarshal(
          """
          metadata: {name: orders-db, namespace: shop}
          spec:
            workload: {serviceAccountName: orders, selector: {matchLabels: {app: orders}}}
            credentials: [{name: db}]
          """,
          CredentialRequest.class);

  private static final String ASKED =
      """
      metadata: {name: inc-7, namespace: shop}
      spec:
        requestRef: {name: orders-db}
        credential: db
        duration: 30m
      """;
  private static final String ENDED =
      """
      metadata: {name: inc-7, namespace: shop, uid: glass-1, creationTimestamp: "2026-03-14T15:00:00Z", finalizers: [hallpass.dev/review]}
      spec:
        requestRef: {name: orders-db}
        credential: db
        duration: 30m
        openedBy: {username: ada, uid: u-1}
      """;
  private static final String REVIEW =
      "  review: {outcome: Justified, comment: it was right, reviewedBy: {username: heidi}, reviewedAt: yesterday}\n";

  @Test
  void writesWhoOpensIt() {
    assertThat(open(ASKED))
        .isEqualTo(
            """
            [{"op":"add","path":"/spec/openedBy","value":{"username":"ada","uid":"u-1","groups":["on-call"]}},\
            {"op":"add","path":"/spec/digests","value":["%s"]},\
            {"op":"add","path":"/metadata/finalizers","value":["hallpass.dev/review"]}]"""
                .formatted(Ask.digest(REQUEST, REQUEST.getSpec().credentials().getFirst())));
  }

  @Test
  void writesWhatEachRequestOfTheWorkloadAsksForWhateverTheManifestSays() {
    var byWorkload =
        ASKED.replace(
                "requestRef: {name: orders-db}",
                "workload: {serviceAccountName: orders, selector: {matchLabels: {app: orders}}}")
            + "  digests: [\"sha256:forged\"]\n";
    var second = Serialization.clone(REQUEST);
    second.getMetadata().setName("orders-db-2");

    var patch = open(byWorkload, List.of(REQUEST, second), verb -> true);

    assertThat(patch)
        .contains(
            Ask.digest(REQUEST, REQUEST.getSpec().credentials().getFirst()),
            Ask.digest(second, second.getSpec().credentials().getFirst()))
        .doesNotContain("forged");
    assertThat(open(byWorkload, Collections.nCopies(65, REQUEST), verb -> true))
        .startsWith("BreakGlassRefused: spec.workload: 65 CredentialRequests have a credential db");
  }

  @Test
  void refusesWhoeverHasTheRightInNoMoreThanANamespace() {
    assertThat(open(ASKED, List.of(REQUEST), verb -> !verb.equals("break-glass")))
        .isEqualTo(
            "BreakGlassRefused: ada may not break-glass: a ClusterRoleBinding to the ClusterRole hallpass-may-break-glass gives the right, and what somebody may do in a namespace does not");
    assertThat(
            text(
                new BreakGlassStamp(RULES)
                    .change(
                        json(ENDED + REVIEW),
                        breakGlass(ENDED + REVIEW),
                        breakGlass(ENDED),
                        GRACE,
                        verb -> !verb.equals("review"),
                        NOW)))
        .startsWith("BreakGlassRefused: grace may not review: ");
  }

  @Test
  void replacesAnOpenerThatIsForged() {
    assertThat(open(ASKED + "  openedBy: {username: heidi, groups: [admins]}\n"))
        .contains("{\"username\":\"ada\",\"uid\":\"u-1\",\"groups\":[\"on-call\"]}")
        .doesNotContain("heidi", "admins");
  }

  @Test
  void refusesMoreThanThisHallpassAllows() {
    assertThat(open(ASKED.replace("30m", "61m")))
        .isEqualTo(
            "BreakGlassRefused: spec.duration: is 61m, and this Hallpass allows 1h at most (breakGlass.maxDuration)");
  }

  @Test
  void refusesAReviewBeforeItBegins() {
    assertThat(open(ASKED + REVIEW))
        .isEqualTo(
            "BreakGlassRefused: spec.review: is added after the break-glass has ended; remove it");
  }

  @Test
  void refusesWhatWouldOpenNothing() {
    assertThat(open(ASKED.replace("credential: db", "credential: cache")))
        .startsWith(
            "BreakGlassRefused: spec: no CredentialRequest of this namespace has a credential cache for spec.requestRef.name orders-db");
    assertThat(open(ASKED.replace("orders-db", "other"))).startsWith("BreakGlassRefused: spec: ");
  }

  @Test
  void refusesAnotherWhereTooManyWaitForTheirReview() {
    var other = ENDED.replace("inc-7", "inc-6");
    var reviewed = ENDED.replace("inc-7", "inc-5") + REVIEW;
    var open = ENDED.replace("inc-7", "inc-4").replace("T15:00:00Z", "T15:20:00Z");

    assertThat(open(ASKED, ENDED, reviewed, open)).startsWith("[");
    assertThat(open(ASKED, ENDED, other, reviewed, open))
        .isEqualTo(
            "BreakGlassRefused: 2 break-glasses of this namespace have ended and wait for their review, and no more may be opened before that (breakGlass.blockWhenUnreviewed): inc-6, inc-7");
  }

  @Test
  void writesWhoReviewsItWhateverTheManifestSays() {
    assertThat(change(ENDED + REVIEW, ENDED, GRACE))
        .isEqualTo(
            """
            [{"op":"add","path":"/spec/review/reviewedBy","value":{"username":"grace"}},\
            {"op":"add","path":"/spec/review/reviewedAt","value":"2026-03-14T15:31:00Z"}]""");
  }

  @Test
  void refusesTheReviewOfItsOpener() {
    var message = "BreakGlassRefused: spec.review: %s opened it; somebody else must review it";

    assertThat(change(ENDED + REVIEW, ENDED, ADA)).isEqualTo(message.formatted("ada"));
    assertThat(
            change(
                ENDED + REVIEW,
                ENDED,
                new Requester("ada@example.com", "u-1", List.of(), Map.of())))
        .isEqualTo(message.formatted("ada@example.com"));
  }

  @Test
  void refusesAReviewWhileItIsOpen() {
    var open = ENDED.replace("30m", "32m");

    assertThat(change(open + REVIEW, open, GRACE))
        .isEqualTo(
            "BreakGlassRefused: spec.review: it is open until 2026-03-14T15:32:00Z; review it after that, or delete it to end it now");
  }

  @Test
  void keepsTheFinalizerThatOnlyTheControllerTakesAway() {
    var without = ENDED.replace("finalizers: [hallpass.dev/review]", "finalizers: [other]");
    var none = ENDED.replace(", finalizers: [hallpass.dev/review]", "");

    assertThat(change(without, ENDED, ADA))
        .isEqualTo(
            "[{\"op\":\"add\",\"path\":\"/metadata/finalizers/-\",\"value\":\"hallpass.dev/review\"}]");
    assertThat(change(none, ENDED, ADA))
        .isEqualTo(
            "[{\"op\":\"add\",\"path\":\"/metadata/finalizers\",\"value\":[\"hallpass.dev/review\"]}]");
    assertThat(change(none, ENDED, new Requester(CONTROLLER, null, List.of(), Map.of())))
        .isEqualTo("[]");
  }

  private static String open(String asked, String... others) {
    return open(asked, List.of(REQUEST), verb -> true, others);
  }

  private static String open(
      String asked, List<CredentialRequest> requests, Predicate<String> may, String... others) {
    return text(
        new BreakGlassStamp(RULES)
            .open(
                json(asked),
                breakGlass(asked),
                ADA,
                Arrays.stream(others).map(BreakGlassStampTest::breakGlass).toList(),
                requests,
                may,
                NOW));
  }

  private static String change(String asked, String old, Requester who) {
    return text(
        new BreakGlassStamp(RULES)
            .change(json(asked), breakGlass(asked), breakGlass(old), who, verb -> true, NOW));
  }

  private static String text(Stamping stamping) {
    return switch (stamping) {
      case Stamping.Stamped(var patch) -> patch.toString();
      case Stamping.Refused(var reason, var message) -> reason + ": " + message;
    };
  }

  private static BreakGlass breakGlass(String yaml) {
    return Serialization.unmarshal(yaml, BreakGlass.class);
  }

  private static JsonNode json(String yaml) {
    return new ObjectMapper().valueToTree(Serialization.unmarshal(yaml, Map.class));
  }
}
