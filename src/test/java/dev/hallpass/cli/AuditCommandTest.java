package dev.hallpass.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hallpass.audit.WrittenTrail;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditCommandTest {
  private WrittenTrail trail;

  @BeforeEach
  void write(@TempDir Path folder) throws IOException {
    trail = WrittenTrail.in(folder);
  }

  @Test
  void aTrailThatIsWholeIsProvenSo() {
    var run = verify();

    assertThat(run.out())
        .contains("broker-1")
        .endsWith("✓ nothing was changed, dropped or reordered\n");
    assertThat(run.code()).isZero();
  }

  @Test
  void theRecordThatWasDroppedIsNamed() throws IOException {
    var file = trail.files().getFirst();
    var lines = Files.readAllLines(file);
    lines.remove(3);
    Files.write(file, lines);

    var run = verify();

    assertThat(run.out()).contains("✗ %s:4: Missing".formatted(file));
    assertThat(run.code()).isEqualTo(1);
  }

  @Test
  void theLifeOfALeaseIsATimeline() {
    var run = Run.of(null, "audit", "explain", trail.lease(), trail.files().getFirst().toString());

    assertThat(run.out())
        .startsWith("clease/%s in namespace shop".formatted(trail.lease()))
        .contains("team-orders answers for it: build invoices")
        .containsPattern(
            "credential.issued +secret material of epoch 1, for 15m, left for pod orders-1\n")
        .containsPattern(
            "credential.issued +secret material of epoch 7, for 15m, left for pod orders-1\n");
    assertThat(run.code()).isZero();
  }

  @Test
  void aLeaseThatNobodyWroteOfIsAbsent() {
    var run = Run.of(null, "audit", "explain", "nobody", trail.files().getFirst().toString());

    assertThat(run).isEqualTo(new Run(4, "", "these files have no record of lease nobody\n"));
  }

  private Run verify() {
    return Run.of(
        null,
        "audit",
        "verify",
        trail.files().getFirst().toString(),
        "--key",
        trail.key().toString());
  }
}
