package dev.hallpass.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.hallpass.api.v1alpha1.CredentialLeaseSpec.PodRef;
import dev.hallpass.api.v1alpha1.CredentialLeaseSpec.RequestRef;
import dev.hallpass.api.v1alpha1.EndedBy;
import dev.hallpass.api.v1alpha1.ProviderRef;
import dev.hallpass.wire.Reason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever is told, the trail can be verified. */
class BoundedTest {
  private static final Trace TRACE = Trace.ofLease(TestEvents.LEASE_UID);

  @TempDir private Path folder;

  private static Held held(String text) {
    return new Held(
        "shop",
        new PodRef("orders-1", "11111111-1111-4111-8111-111111111111", "orders", text),
        new RequestRef("orders-db", "22222222-2222-4222-8222-222222222222"),
        text,
        new ProviderRef(ProviderRef.Kind.CredentialProvider, text),
        text,
        text,
        text,
        new Held.LeaseId("orders-db-x7f2k-1", TestEvents.LEASE_UID));
  }

  private static AuditEvent decided(String text, int policies, int denials) {
    return new AuditEvent.Decided(
        held(text),
        AuditEvent.Operation.Issue,
        AuditEvent.Outcome.Denied,
        Reason.PolicyDenied,
        text,
        Collections.nCopies(
            policies,
            new AuditEvent.Consulted(
                text,
                1,
                "Enforce",
                Collections.nCopies(denials, text),
                new AuditEvent.Given(text, text, 1L, text, text))),
        text,
        text,
        text,
        new AuditEvent.BreakGlassId(text, text));
  }

  private List<String> written(AuditEvent... events) throws IOException {
    var trail = new TestTrail(folder);
    try (var journal =
        trail.journal("a", new SinkSettings().files(folder, 1 << 26, SinkSettings.Need.Required))) {
      await().until(journal::works);
      for (var event : events) {
        journal.require(event, TRACE);
      }
    }
    assertThat(trail.verify().flaws()).isEmpty();
    return Files.readAllLines(trail.file());
  }

  /** What takes one byte, three, or six as an escape. */
  @ParameterizedTest
  @ValueSource(strings = {"x", "€", "\u0001", "\ud83d\ude00", "\u202e"})
  void ofHugeTextsEverywhereCanBeVerified(String part) throws IOException {
    var huge = part.repeat(1 << 20);

    var lines =
        written(
            decided(huge, 1, 1),
            decided(huge, 20, 20),
            new AuditEvent.LeaseDenied(held(huge), EndedBy.ApprovalDenied, huge));

    var cut = lines.stream().filter(l -> l.contains("\"cut\":")).toList();
    assertThat(cut)
        .hasSize(3)
        .extracting(l -> l.getBytes(StandardCharsets.UTF_8).length)
        .allMatch(length -> length < Bounded.LONGEST + (4 << 10));
  }

  /** Not by its length, but by how much there is of it. */
  @Test
  void ofManyPoliciesCanBeVerified() throws IOException {
    assertThat(written(decided("no", 10_000, 10)))
        .filteredOn(l -> l.contains("credential.decided"))
        .singleElement()
        .satisfies(l -> assertThat(l).contains("\"cut\":", "\"name\":\"no\""));
  }

  @Test
  void leavesWhatFits() {
    var data = Digest.tree(decided("x".repeat(4096), 0, 0));

    assertThat(Digest.read(Bounded.of(data))).isEqualTo(data);
  }

  @Test
  void cutsWhatIsTooLongAndSaysSo() {
    assertThat(Digest.read(Bounded.of(Map.of("message", "x".repeat(4097), "name", "n"))))
        .isEqualTo(Map.of("message", "x".repeat(4095) + "…", "name", "n", "cut", 4096));
  }

  /** A terminal that is shown the file would obey or reorder them. */
  @Test
  void writesCharactersThatNobodySeesAsEscapes() throws IOException {
    var text = "a\u0085\u009b\u202e\u2066\u007fz";

    var lines = written(new AuditEvent.LeaseDenied(held("node"), EndedBy.ApprovalDenied, text));

    assertThat(lines)
        .filteredOn(l -> l.contains("lease.denied"))
        .singleElement()
        .satisfies(
            l -> {
              assertThat(l).contains("\"message\":\"a\\u0085\\u009b\\u202e\\u2066\\u007fz\"");
              assertThat((Map<?, ?>) Digest.read(l).get("data"))
                  .extracting(data -> data.get("message"))
                  .isEqualTo(text);
            });
  }
}
