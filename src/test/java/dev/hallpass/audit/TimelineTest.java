package dev.hallpass.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.hallpass.api.v1alpha1.EndedBy;
import dev.hallpass.audit.AuditEvent.Consulted;
import dev.hallpass.audit.AuditEvent.Operation;
import dev.hallpass.audit.AuditEvent.Outcome;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TimelineTest {
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
      await().until(journal::works);
      journal.keep(
          new AuditEvent.Decided(
              asking,
              Operation.Issue,
              Outcome.Allowed,
              null,
              "",
              List.of(new Consulted("hours", 3, "Enforce", List.of())),
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

    assertThat(Timeline.of(trail.files(), "shop", "orders-db-x7f2k-1"))
        .extracting(Timeline.Step::told)
        .containsExactly(
            "Issue Allowed; policies: hours@3",
            "secret material of epoch 1, for 15m, left for pod orders-1",
            "pod orders-1 confirmed it; it works until 2026-01-01T10:15:00Z",
            "ends, PodCompleted: all containers ended",
            "verified gone: the role is gone");
    assertThat(Timeline.of(trail.files(), "shop", "another")).isEmpty();
  }
}
