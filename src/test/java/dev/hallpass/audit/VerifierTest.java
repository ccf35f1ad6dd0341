package dev.hallpass.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hallpass.audit.Flaw.Fault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is found of a trail that somebody has been at, and what is not. */
class VerifierTest {
  @TempDir private Path folder;
  private TestTrail trail;

  @BeforeEach
  void setUp() {
    trail = new TestTrail(folder);
  }

  @Test
  void findsNothingInWhatWasWritten() throws IOException {
    trail.run("broker-a", 23);
    trail.run("broker-a", 2);
    trail.run("controller-b", 40, 2000);

    var report = trail.verify();

    assertThat(report.flaws()).isEmpty();
    assertThat(report.chains())
        .allMatch(chain -> chain.closed() && chain.vouched() == chain.records())
        .extracting(Report.ChainState::writer)
        .containsExactlyInAnyOrder("broker-a", "broker-a", "controller-b");
    assertThat(trail.files()).hasSizeGreaterThan(10);
  }

  @Test
  void takesFilesInAnyOrderAndChainsInOneFile() throws IOException {
    trail.run("broker-a", 12, 2000);
    var merged = folder.resolveSibling("merged-" + folder.getFileName());
    Files.createDirectories(merged);
    var together = new java.util.ArrayList<String>();
    for (var file : trail.files()) {
      together.addAll(TestTrail.lines(file));
    }
    trail.run("broker-b", 3);
    together.addAll(2, TestTrail.lines(trail.files().getLast()));
    TestTrail.write(merged.resolve("all.jsonl"), together);

    assertThat(
            Verifier.verify(trail.files().reversed(), trail.trust(), Verifier.Scope.AllChains)
                .flaws())
        .isEmpty();
    assertThat(
            Verifier.verify(
                    List.of(merged.resolve("all.jsonl")), trail.trust(), Verifier.Scope.AllChains)
                .flaws())
        .isEmpty();
  }

  @Test
  void namesTheRecordThatWasChanged() throws IOException {
    trail.run("broker-a", 9);
    var lines = TestTrail.lines(trail.file());
    lines.set(4, lines.get(4).replace("team-orders", "team-others"));
    TestTrail.write(trail.file(), lines);

    var first = trail.verify().first().orElseThrow();

    assertThat(first.fault()).isEqualTo(Fault.Changed);
    assertThat(first.line()).isEqualTo(5);
    assertThat(first.sequence()).isEqualTo(4);
    assertThat(first.writer()).isEqualTo("broker-a");
  }

  @Test
  void namesWhereARecordWasDropped() throws IOException {
    trail.run("broker-a", 9);
    var lines = TestTrail.lines(trail.file());
    lines.remove(4);
    TestTrail.write(trail.file(), lines);

    assertThat(trail.verify().flaws())
        .singleElement()
        .hasToString(
            trail.file() + ":5: Missing, record 5 of broker-a: records 4 to 4 are not before it");
  }

  /** Whoever changes a record and all hashes after it lacks the key. */
  @Test
  void findsAForgedChain() throws IOException {
    trail.run("broker-a", 9);
    var lines = TestTrail.lines(trail.file());
    lines.set(3, lines.get(3).replace("team-orders", "team-others"));
    TestTrail.write(trail.file(), rechained(lines));

    var first = trail.verify().first().orElseThrow();

    assertThat(first.fault()).isEqualTo(Fault.BadCheckpoint);
    assertThat(first.sequence()).isEqualTo(7);
  }

  @Test
  void findsAForgedChainWithoutCheckpoints() throws IOException {
    trail.run("broker-a", 30);
    var lines = TestTrail.lines(trail.file());
    lines.removeIf(l -> l.contains("audit.checkpoint") && !l.contains("\"000000000001\""));
    TestTrail.write(trail.file(), rechained(lines));

    assertThat(
            trail.verify(new Trust(List.of(trail.key.trusted()), List.of())).first().orElseThrow())
        .returns(Fault.Unsigned, Flaw::fault)
        .returns(7L, Flaw::sequence);
  }

  @Test
  void findsAChainOfAnotherKey() throws IOException {
    trail.run("broker-a", 3);
    var other = SigningKey.generate(new SecureRandom());

    assertThat(trail.verify(new Trust(List.of(other.trusted()), List.of())).flaws())
        .extracting(Flaw::fault)
        .containsOnly(Fault.BadCheckpoint);
  }

  /** The checkpoint of another moment vouches for nothing here. */
  @Test
  void findsACheckpointInThePlaceOfAnother() throws IOException {
    trail.run("broker-a", 12);
    var lines = TestTrail.lines(trail.file());
    assertThat(lines.get(7)).contains("audit.checkpoint");
    assertThat(lines.get(13)).contains("audit.checkpoint");
    var early = Digest.read(lines.get(7));
    var late = Digest.read(lines.get(13));
    var data = early.get("data");
    early.put("data", late.get("data"));
    late.put("data", data);
    lines.set(7, Canonical.of(early));
    lines.set(13, Canonical.of(late));
    TestTrail.write(trail.file(), rechained(lines));

    assertThat(trail.verify().first().orElseThrow().fault()).isEqualTo(Fault.BadCheckpoint);
  }

  @Test
  void findsACutTailByWhatTheClusterKnows() throws IOException {
    trail.run("broker-a", 9);
    var lines = TestTrail.lines(trail.file());
    TestTrail.write(trail.file(), lines.subList(0, 6));

    assertThat(trail.verify().flaws())
        .singleElement()
        .returns(Fault.Cut, Flaw::fault)
        .returns(6L, Flaw::line);
  }

  @Test
  void findsTheClosingCheckpointGone() throws IOException {
    trail.run("broker-a", 9);
    var lines = TestTrail.lines(trail.file());
    TestTrail.write(trail.file(), lines.subList(0, lines.size() - 1));

    assertThat(trail.verify().first().orElseThrow().fault()).isEqualTo(Fault.Cut);
  }

  /** Of the cluster nothing is known here: another writer's checkpoint tells. */
  @Test
  void findsACutTailByWhatAnotherWriterKnows() throws IOException {
    trail.run("broker-a", 9);
    var cut = trail.file();
    var lines = TestTrail.lines(cut);
    trail.run("broker-b", 1);
    TestTrail.write(cut, lines.subList(0, 6));

    assertThat(
            trail.verify(new Trust(List.of(trail.key.trusted()), List.of())).first().orElseThrow())
        .returns(Fault.Cut, Flaw::fault)
        .returns("broker-a", Flaw::writer);
  }

  @Test
  void findsAFileGoneAltogether() throws IOException {
    trail.run("broker-a", 2);
    Files.delete(trail.file());
    trail.run("broker-b", 1);
    var alone = new Trust(List.of(trail.key.trusted()), List.of());

    assertThat(trail.verify(alone).flaws()).singleElement().returns(Fault.Missing, Flaw::fault);
    assertThat(Verifier.verify(trail.files(), alone, Verifier.Scope.TheseChains).flaws()).isEmpty();
  }

  /** Said in docs/audit.md: nothing vouches yet for what follows the last checkpoint. */
  @Test
  void cannotTellACutAfterTheLastCheckpointFromAKilledWriter() throws IOException {
    trail.run("broker-a", 9);
    var lines = TestTrail.lines(trail.file());
    var lastButOne = lines.subList(0, 9);
    assertThat(lines.get(7)).contains("audit.checkpoint");
    TestTrail.write(trail.file(), lastButOne);

    var report = trail.verify(new Trust(List.of(trail.key.trusted()), List.of()));

    assertThat(report.flaws()).isEmpty();
    assertThat(report.chains())
        .singleElement()
        .returns(false, Report.ChainState::closed)
        .returns(9L, Report.ChainState::records)
        .returns(8L, Report.ChainState::vouched);
  }

  /** The same record in other words, as a collector may keep it. */
  @Test
  void takesAnotherFormOfTheSameJson() throws IOException {
    trail.run("broker-a", 2);
    var lines = TestTrail.lines(trail.file());
    lines.replaceAll(
        l -> l.replace("\",\"", "\" , \"").replace("team-orders", "team\\u002dorders"));
    TestTrail.write(trail.file(), lines);

    assertThat(trail.verify().flaws()).isEmpty();
  }

  @Test
  void refusesANameThatIsThereTwice() throws IOException {
    trail.run("broker-a", 2);
    var lines = TestTrail.lines(trail.file());
    lines.set(2, lines.get(2).replace("{\"chain\"", "{\"subject\":\"shop/leases/x\",\"chain\""));
    TestTrail.write(trail.file(), lines);

    assertThat(trail.verify().first().orElseThrow().fault()).isEqualTo(Fault.Unreadable);
  }

  /** What a forger without the key can do: every hash fits again. */
  static List<String> rechained(List<String> lines) {
    var previous = Chain.NOTHING;
    var forged = new java.util.ArrayList<String>();
    var number = 0;
    for (var line : lines) {
      Map<String, Object> event = new HashMap<>(Digest.read(line));
      event.remove("hash");
      event.put("previous", previous);
      event.put("sequence", "%012d".formatted(number));
      event.put("id", "%012d".formatted(number++));
      previous = Digest.ofText(Canonical.of(event));
      event.put("hash", previous);
      forged.add(Canonical.of(event));
    }
    return forged;
  }
}
