package dev.hallpass.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hallpass.audit.WrittenTrail;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
  void aChainThatIsInNoFileIsToldWithWhatToDo() {
    var arguments =
        new String[] {
          "audit", "verify", trail.files().getLast().toString(), "--key", trail.key().toString()
        };

    var run = Run.of(null, arguments);

    assertThat(run.out())
        .containsPattern("\n✗ Missing, record \\d+: record \\d+ of broker-2 knows of chain ")
        .endsWith("  give the files of all chains, or --some where you have but some of them\n");
    assertThat(run.code()).isEqualTo(1);
    assertThat(
            Run.of(
                    null,
                    Stream.concat(Stream.of(arguments), Stream.of("--some")).toArray(String[]::new))
                .code())
        .isZero();
  }

  @Test
  void aFileThatWasCutMayHaveBeenCopiedTooEarly() throws IOException {
    var first = trail.files().getFirst();
    var lines = Files.readAllLines(first);
    Files.write(first, lines.subList(0, 3));

    var run =
        Run.of(
            null,
            "audit",
            "verify",
            first.toString(),
            trail.files().getLast().toString(),
            "--key",
            trail.key().toString());

    assertThat(run.out())
        .contains("✗ %s:3: Cut".formatted(first))
        .endsWith("  where it was written to while you copied it: fetch it again\n");
    assertThat(run.code()).isEqualTo(1);
  }

  @Test
  void filesWithoutRecordsProveNothing() throws IOException {
    Files.writeString(trail.files().getFirst(), "");

    var run = verify();

    assertThat(run.out())
        .endsWith("✗ Empty: there are no records in these files\n")
        .doesNotContain("✓");
    assertThat(run.code()).isEqualTo(1);
  }

  @Test
  void aKeyMayBeInPem() throws IOException {
    var base64 = Files.readString(trail.key());
    Files.writeString(
        trail.key(),
        "-----BEGIN PUBLIC KEY-----\n%s\n-----END PUBLIC KEY-----\n".formatted(base64));

    assertThat(verify().code()).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----",
        "AAAA",
        "a key",
        ""
      })
  void whatIsNoKeyIsNamed(String text) throws IOException {
    Files.writeString(trail.key(), text);

    assertThat(verify())
        .isEqualTo(
            new Run(
                2,
                "",
                "--key: %s: no Ed25519 public key, neither in PEM (BEGIN PUBLIC KEY) nor the base64 of one in a line\n"
                    .formatted(trail.key())));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "clease/"})
  void theLifeOfALeaseIsATimeline(String kind) {
    var run =
        Run.of(null, "audit", "explain", kind + trail.lease(), trail.files().getFirst().toString());

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
  void leasesOfOneNameAreTwoLives() {
    var run = explained();

    assertThat(run.out().lines().filter(line -> line.startsWith("clease/")))
        .containsExactly(title(trail.uid()), title(trail.next()));
    assertThat(run.out()).containsOnlyOnce("for 20m, left for pod orders-1");
    assertThat(run.code()).isZero();
  }

  @Test
  void oneOfThemIsNamedByItsUid() {
    var run = explained("--uid", trail.next());

    assertThat(run.out())
        .startsWith(title(trail.next()))
        .contains("for 20m, left for pod orders-1")
        .doesNotContain(trail.uid(), "for 15m");
    assertThat(explained("--uid", "none"))
        .isEqualTo(
            new Run(
                4,
                "",
                "these files have no record of lease %s with the UID none\n"
                    .formatted(trail.lease())));
  }

  private Run explained(String... options) {
    var files = trail.files().stream().map(Path::toString);
    return Run.of(
        null,
        Stream.of(
                Stream.of("audit", "explain"), Stream.of(options), Stream.of(trail.lease()), files)
            .flatMap(part -> part)
            .toArray(String[]::new));
  }

  private String title(String uid) {
    return "clease/%s in namespace shop, uid %s".formatted(trail.lease(), uid);
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
