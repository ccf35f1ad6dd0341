package dev.hallpass.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hallpass.cli.OwnRights.Right;
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
    var status = StatusReport.of(Objects.of("shop.yaml").snapshot(new Scope.All()));

    assertThat(told(ContentChecks.of(evidence(new Reading<>(List.of(status), Optional.empty())))))
        .contains(
            "! break-glass shop/bg-1: open, ends in 20m; opened by alice for INC-4711",
            "    → policies give way until then; to end it: kubectl hallpass -n shop break-glass --end bg-1",
            "! break-glass shop/bg-2: unreviewed for 1h40m; opened by alice for INC-4711",
            "    → somebody else than the opener: kubectl hallpass -n shop review bg-2")
        .noneMatch(l -> l.contains("bg-3"));
  }

  @Test
  void whereNothingWaitsThatIsSaidToo() {
    var status = StatusReport.of(Objects.of("well.yaml").snapshot(new Scope.All()));

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
    var all = Objects.of("well.yaml").snapshot(new Scope.All());
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

  private static InstallationEvidence evidence(Reading<StatusReport> status) {
    return new InstallationEvidence(
        "hallpass-system",
        Objects.NOW,
        "v1.34.4",
        hidden(),
        hidden(),
        hidden(),
        hidden(),
        hidden(),
        hidden(),
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
