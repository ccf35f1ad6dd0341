package dev.hallpass.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hallpass.api.v1alpha1.EndedBy;
import dev.hallpass.audit.AuditEvent.Consulted;
import dev.hallpass.audit.AuditEvent.Given;
import dev.hallpass.audit.AuditEvent.Operation;
import dev.hallpass.audit.AuditEvent.Outcome;
import dev.hallpass.audit.AuditEvent.Verdict;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TimelineTest {
  private static final String GLASS_UID = "33333333-3333-4333-8333-333333333333";

  @TempDir private Path folder;

  @Test
  void tellsTheLifeOfALeaseFromTheDecisionBeforeItToItsEnd() throws IOException {
    var trail = new TestTrail(folder);
    var held = TestEvents.held();
    var asking =
        new Held(
            held.namespace(),
            held.pod(),
            held.request(),
            held.credential(),
            held.provider(),
            held.access(),
            held.owner(),
            held.purpose(),
            null);
    var call = Trace.fresh();
    var own = Trace.ofLease(TestEvents.LEASE_UID);
    try (var journal =
        trail.journal("a", new SinkSettings().files(folder, 1 << 20, SinkSettings.Need.Required))) {
      journal.keep(
          new AuditEvent.Decided(
              asking,
              Operation.Issue,
              Outcome.Allowed,
              null,
              "",
              List.of(
                  consulted("hours", null),
                  consulted("open", new Given("Window a in namespace shop", "w", 7L, "82", "d")),
                  consulted("freeze", new Given("ConfigMap changes", "c", null, "81", "d")),
                  consulted("lost", Given.nothing("ConfigMap lost"))),
              null,
              "15m",
              "2h",
              null),
          call);
      journal.keep(new AuditEvent.Issued(held, 1, "15m"), call);
      journal.keep(new AuditEvent.Delivered(held, 1, Instant.parse("2026-01-01T10:15:00Z")), own);
      journal.keep(new AuditEvent.OrphanRemoved("shop/orders-postgres", "somebody"), Trace.fresh());
      journal.keep(
          new AuditEvent.RevocationBegun(held, EndedBy.PodCompleted, "all containers ended"), own);
      journal.keep(
          new AuditEvent.RevocationVerified(
              held, EndedBy.PodCompleted, "2026-01-01T10:10:00Z", "the role is gone"),
          own);
    }

    assertThat(Timeline.of(trail.files(), "shop", TestEvents.held().lease()))
        .extracting(Timeline.Step::told)
        .containsExactly(
            "Issue Allowed, for 15m at a time and 2h in all; policies: hours@3, open@3 with Window a in"
                + " namespace shop@7, freeze@3 with ConfigMap changes@81, lost@3 without ConfigMap lost",
            "secret material of epoch 1, for 15m, left for pod orders-1",
            "pod orders-1 confirmed it; it works until 2026-01-01T10:15:00Z",
            "ends, PodCompleted: all containers ended",
            "verified gone: the role is gone");
    assertThat(Timeline.of(trail.files(), "shop", new Held.LeaseId("another", "u"))).isEmpty();
  }

  @Test
  void tellsWhatPeopleSaidAndTheBreakGlassThatTheLeaseRestsOn() throws IOException {
    var trail = new TestTrail(folder);
    var held = TestEvents.held();
    var own = Trace.ofLease(TestEvents.LEASE_UID);
    try (var journal =
        trail.journal("a", new SinkSettings().files(folder, 1 << 20, SinkSettings.Need.Required))) {
      journal.keep(opened(GLASS_UID, "the site is down"), Trace.fresh());
      journal.keep(opened("another", "of that name, a week before"), Trace.fresh());
      journal.keep(
          new AuditEvent.Decided(
              held,
              Operation.Issue,
              Outcome.Allowed,
              null,
              "",
              List.of(),
              null,
              "15m",
              "2h",
              new AuditEvent.BreakGlassId("night-1", GLASS_UID)),
          Trace.fresh());
      journal.keep(word(held, Verdict.Approve, "ann", null), own);
      journal.keep(word(held, Verdict.Deny, "bob", "not today"), own);
      journal.keep(new AuditEvent.LeaseDenied(held, EndedBy.ApprovalDenied, "bob said no"), own);
    }

    assertThat(Timeline.of(trail.files(), "shop", TestEvents.held().lease()))
        .extracting(Timeline.Step::told)
        .containsExactlyInAnyOrder(
            "break-glass night-1 Opened by ada: the site is down",
            "Issue Allowed, for 15m at a time and 2h in all",
            "Approve by ann for asks",
            "Deny by bob for asks: not today",
            "not issued, ApprovalDenied: bob said no");
  }

  private static Consulted consulted(String name, @Nullable Given params) {
    return new Consulted(name, 3, "Enforce", List.of(), params);
  }

  /** A pod that is made anew under its name has a lease of the same name. */
  @Test
  void tellsLeasesOfOneNameApart() throws IOException {
    var trail = new TestTrail(folder);
    var held = TestEvents.held();
    var name = held.lease().name();
    var next = held.under(new Held.LeaseId(name, "99999999-9999-4999-8999-999999999999"));
    try (var journal =
        trail.journal("a", new SinkSettings().files(folder, 1 << 20, SinkSettings.Need.Required))) {
      var call = Trace.fresh();
      journal.keep(new AuditEvent.Issued(held, 1, "15m"), call);
      journal.keep(new AuditEvent.RevocationBegun(held, EndedBy.PodDeleted, "gone"), call);
      journal.keep(new AuditEvent.Issued(next, 1, "20m"), call);
    }

    assertThat(Timeline.of(trail.files(), "shop", held.lease()))
        .extracting(Timeline.Step::told)
        .containsExactly(
            "secret material of epoch 1, for 15m, left for pod orders-1", "ends, PodDeleted: gone");
    assertThat(Timeline.of(trail.files(), "shop", next.lease()))
        .extracting(Timeline.Step::told)
        .containsExactly("secret material of epoch 1, for 20m, left for pod orders-1");
  }

  private static AuditEvent opened(String uid, String why) {
    return new AuditEvent.BreakGlassStep(
        "shop", "night-1", uid, AuditEvent.Stage.Opened, "ada", why, null, null);
  }

  private static AuditEvent word(
      Held held, Verdict verdict, String approver, @Nullable String comment) {
    return new AuditEvent.Approval(
        held,
        "word-" + approver,
        "44444444-4444-4444-8444-444444444444",
        verdict,
        approver,
        List.of("system:authenticated"),
        List.of("asks"),
        "Lease",
        "2026-01-01T10:00:00Z",
        "2026-01-01T12:00:00Z",
        comment);
  }
}
