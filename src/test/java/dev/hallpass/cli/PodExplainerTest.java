package dev.hallpass.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.api.v1alpha1.CredentialRequest;
import dev.hallpass.cli.PodEvidence.Asked;
import dev.hallpass.lease.LeaseJudge;
import dev.hallpass.policy.ApprovalDemand;
import dev.hallpass.wire.Reason;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PodExplainerTest {
  private static final Objects SHOP = Objects.of("shop.yaml");
  private static final Judgement ISSUED =
      new Judgement.Allowed(Duration.ofMinutes(15), Duration.ofHours(24), List.of(), List.of());

  @Test
  void aPodThatHasItsCredentials() {
    var explanation =
        explain("orders-1", ISSUED, new DryRun.Created(List.of("orders-db")), List.of(), true);

    Golden.assertPrinted(text(explanation), "explain-served.txt");
    assertThat(explanation.blocked()).isFalse();
  }

  @Test
  void whomAPolicyAsksIsSaid() {
    var asks =
        new Judgement.Allowed(
            Duration.ofMinutes(15),
            Duration.ofHours(24),
            List.of(),
            List.of(
                new ApprovalDemand(
                    "writers-need-approval", 1, Instant.MIN, 2, Duration.ofHours(1))));

    assertThat(asks.sentence("db"))
        .isEqualTo(
            "db would be issued now, for 15m at a time and 24h in all, once 2 say yes for writers-need-approval");
  }

  @Test
  void aPodThatWaitsForAPolicy() {
    var denied =
        new Judgement.Denied(
            Reason.PolicyDenied,
            "CredentialPolicy office-hours, OutsideBusinessHours: ask the engineer on call");

    var explanation =
        explain("orders-3", denied, new DryRun.Created(List.of("orders-db")), List.of(), true);

    Golden.assertPrinted(text(explanation), "explain-waiting.txt");
    assertThat(explanation.blocked()).isTrue();
  }

  @Test
  void aPodWhoseAgentCannotStart() {
    var event =
        new EventBuilder()
            .withType("Warning")
            .withReason("BrokerUnreachable")
            .withMessage("no route to host")
            .withLastTimestamp("2026-11-23T08:59:00Z")
            .withCount(4)
            .build();

    var explanation =
        explain(
            "orders-4",
            new Judgement.Unknown("credentialpolicies is forbidden"),
            new DryRun.NotAsked("cannot create resource pods"),
            List.of(event),
            true);

    Golden.assertPrinted(text(explanation), "explain-failing.txt");
  }

  @Test
  void aPodThatWasNotInjected() {
    var explanation = explain("cart-1", ISSUED, new DryRun.Created(List.of()), List.of(), false);

    Golden.assertPrinted(text(explanation), "explain-bare.txt");
  }

  private static Explanation explain(
      String name, Judgement judgement, DryRun dryRun, List<Event> events, boolean labelled) {
    var pod =
        SHOP.pods().stream()
            .filter(p -> p.getMetadata().getName().equals(name))
            .findFirst()
            .orElseThrow();
    var request =
        SHOP.of(CredentialRequest.class).stream()
            .filter(r -> Selection.of(r, pod) == Selection.SELECTED)
            .findFirst()
            .orElseThrow();
    return PodExplainer.explain(
        new PodEvidence(
            Objects.NOW,
            pod,
            namespace(labelled),
            SHOP.of(CredentialRequest.class),
            leases(pod),
            new Reading<>(events, Optional.empty()),
            new Reading<>(List.of("the broker says PolicyDenied"), Optional.empty()),
            Map.of(new Asked(request, request.getSpec().credentials().getFirst()), judgement),
            dryRun));
  }

  private static Reading<Namespace> namespace(boolean labelled) {
    return new Reading<>(
        List.of(
            new NamespaceBuilder()
                .withNewMetadata()
                .withName("shop")
                .withLabels(labelled ? Map.of("hallpass.dev/injection", "enabled") : Map.of())
                .endMetadata()
                .build()),
        Optional.empty());
  }

  private static List<CredentialLease> leases(Pod pod) {
    return SHOP.of(CredentialLease.class).stream()
        .filter(l -> !LeaseJudge.over(l))
        .filter(l -> l.getSpec().pod().uid().equals(pod.getMetadata().getUid()))
        .toList();
  }

  private static String text(Explanation explanation) {
    var page = new Page(Paint.NONE);
    ExplanationText.write(explanation, page);
    return page.text();
  }
}
