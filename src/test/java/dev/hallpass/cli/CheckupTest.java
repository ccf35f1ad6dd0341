package dev.hallpass.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hallpass.cli.OwnRights.Right;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.MutatingWebhookConfiguration;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.MutatingWebhookConfigurationBuilder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * What is said of what people have applied, and of what somebody may do; the rest is in PluginIT.
 */
class CheckupTest {
  private static final Right READ = new Right("list", "hallpass.dev", "credentialleases", "see");
  private static final Right REVOKE = new Right("patch", "", "pods", "revoke by pod");

  @Test
  void whatWaitsForPeopleIsSaid() {
    var status = StatusReport.of(Objects.of("shop.yaml").snapshot(new Namespaces.All()));

    assertThat(told(ContentChecks.of(evidence(new Reading<>(List.of(status), Optional.empty())))))
        .contains(
            "! break-glass shop/bg-1: open, ends in 20m; opened by alice for INC-4711",
            "    → policies give way until then; to end it: kubectl hallpass -n shop break-glass --end bg-1",
            "! break-glass shop/bg-2: unreviewed for 1h40m; opened by alice for INC-4711",
            "    → somebody else than the opener, with their outcome and comment: kubectl hallpass"
                + " review bg-2 -n shop --outcome OUTCOME --comment TEXT")
        .noneMatch(l -> l.contains("bg-3"));
  }

  @Test
  void whereNothingWaitsThatIsSaidToo() {
    var status = StatusReport.of(Objects.of("well.yaml").snapshot(new Namespaces.All()));

    assertThat(told(ContentChecks.of(evidence(new Reading<>(List.of(status), Optional.empty())))))
        .contains("✓ break-glasses: none is open, and none waits for a review");
  }

  @Test
  void whatIsNotSeenIsNotTakenForNothing() {
    assertThat(told(ContentChecks.of(evidence(new Reading<>(List.of(), Optional.of("forbidden"))))))
        .contains("? providers: forbidden", "? break-glasses: forbidden")
        .noneMatch(l -> l.startsWith("✓ providers"));
  }

  @Test
  void kindsThatAreNotSeenAreNotTakenForNothing() {
    var all = Objects.of("well.yaml").snapshot(new Namespaces.All());
    var status =
        StatusReport.of(
            new Snapshot(
                all.scope(),
                all.at(),
                all.requests(),
                all.leases(),
                all.providers(),
                hidden(),
                hidden()));

    assertThat(told(ContentChecks.of(evidence(new Reading<>(List.of(status), Optional.empty())))))
        .contains("? break-glasses: you may not see whether one is open")
        .anyMatch(l -> l.matches("[?] providers: \\d+ ready, of those that you may see"))
        .noneMatch(l -> l.startsWith("✓ providers") || l.startsWith("✓ break-glasses"));
  }

  @Test
  void whatIsTheSameOfAllWebhooksIsSaidOnce() {
    assertThat(told(WebhookChecks.of(asking("hallpass-system", "hallpass-system"))))
        .contains(
            "✗ webhook: it has no caBundle: the API server refuses what it is to be asked about",
            "    → the leading controller writes it within a minute; its log: kubectl -n"
                + " hallpass-system logs -l app.kubernetes.io/component=controller --prefix --tail"
                + " 100")
        .filteredOn(l -> l.contains("webhook"))
        .hasSize(1);
  }

  @Test
  void whoseItIsIsSaidWhereItIsNotOfAll() {
    assertThat(told(WebhookChecks.of(asking("hallpass-system", "elsewhere", "hallpass-system"))))
        .anyMatch(l -> l.startsWith("✗ webhook 0.hallpass.dev, 2.hallpass.dev: it has no caBundle"))
        .contains("✗ webhook 1.hallpass.dev: its service is not in namespace hallpass-system")
        .filteredOn(l -> l.contains("webhook "))
        .hasSize(2);
  }

  @Test
  void namespacesToBeLabelledAreNamed() {
    var status = StatusReport.of(Objects.of("shop.yaml").snapshot(new Namespaces.All()));
    var seen =
        evidence(
            hidden(),
            new Reading<>(new ArrayList<>(), Optional.empty()),
            new Reading<>(List.of(status), Optional.empty()));

    assertThat(told(ContentChecks.of(seen)))
        .contains(
            "! namespaces: requests, but no injection, in shop",
            "    → kubectl label namespace shop hallpass.dev/injection=enabled --overwrite");
  }

  @Test
  void whoeverMayNotListPoliciesIsNotToldThatTheyMayApproveForNone() {
    var checks =
        RightsChecks.of(
            new OwnRights(
                "shop",
                Map.of(READ, true),
                List.of(new Mandate(Mandate.Kind.APPROVE, true, false, List.of()))),
            Optional.of("forbidden"));

    assertThat(told(checks))
        .contains(
            "? approve: cannot tell without listing policies for which of them you may approve"
                + " leases in namespace shop");
  }

  @Test
  void rightsOfEverydayAreMissedAndOthersOnlyTold() {
    var everyday = new LinkedHashMap<Right, Boolean>();
    everyday.put(READ, true);
    everyday.put(REVOKE, false);
    var checks =
        RightsChecks.of(
            new OwnRights(
                "shop",
                everyday,
                List.of(
                    new Mandate(Mandate.Kind.BREAK_GLASS, true, true, List.of()),
                    new Mandate(Mandate.Kind.REVIEW, true, false, List.of()),
                    new Mandate(Mandate.Kind.APPROVE, false, false, List.of()))),
            Optional.empty());

    assertThat(told(checks))
        .containsExactly(
            "! your rights: in namespace shop you may not patch pods (revoke by pod)",
            "    → Kubernetes' roles view and edit include what Hallpass adds to them",
            "· break-glass: you may open break-glasses in namespace shop",
            "· review: you may not review what others opened in namespace shop: you lack review on"
                + " credentialpolicies in the cluster (ClusterRole hallpass-may-review)",
            "· approve: you may not approve leases in namespace shop: you lack create on"
                + " credentialapprovals there (ClusterRole hallpass-approver), and approve on"
                + " credentialpolicies in the cluster (a ClusterRole that names the policies)");
  }

  @Test
  void whoeverApprovesForSomePoliciesIsToldForWhich() {
    var checks =
        RightsChecks.of(
            new OwnRights(
                "shop",
                Map.of(READ, true),
                List.of(
                    new Mandate(Mandate.Kind.APPROVE, true, false, List.of("ledger", "payroll")))),
            Optional.empty());

    assertThat(told(checks))
        .containsExactly(
            "✓ your rights: all that everybody's work takes, in namespace shop",
            "· approve: you may approve leases in namespace shop, for ledger, payroll alone");
  }

  /** Webhooks whose services are in these namespaces, and that trust nobody yet. */
  private static InstallationEvidence asking(String... namespaces) {
    var hooks = new MutatingWebhookConfigurationBuilder();
    for (var i = 0; i < namespaces.length; i++) {
      hooks
          .addNewWebhook()
          .withName(i + ".hallpass.dev")
          .withNewClientConfig()
          .withNewService()
          .withNamespace(namespaces[i])
          .endService()
          .endClientConfig()
          .endWebhook();
    }
    return evidence(new Reading<>(List.of(hooks.build()), Optional.empty()), hidden(), hidden());
  }

  private static InstallationEvidence evidence(Reading<StatusReport> status) {
    return evidence(hidden(), hidden(), status);
  }

  private static InstallationEvidence evidence(
      Reading<MutatingWebhookConfiguration> webhook,
      Reading<Namespace> labelled,
      Reading<StatusReport> status) {
    return new InstallationEvidence(
        "hallpass-system",
        Objects.NOW,
        "v1.34.4",
        hidden(),
        webhook,
        hidden(),
        hidden(),
        hidden(),
        labelled,
        hidden(),
        status,
        new OwnRights("shop", Map.of(), List.of()));
  }

  private static <T> Reading<T> hidden() {
    return new Reading<>(new ArrayList<>(), Optional.of("not looked at"));
  }

  private static List<String> told(List<Check> checks) {
    var page = new Page(Paint.NONE);
    DoctorCommand.write(checks, page);
    return page.text().lines().toList();
  }
}
