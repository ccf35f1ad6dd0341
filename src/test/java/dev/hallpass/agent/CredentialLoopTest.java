package dev.hallpass.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hallpass.wire.IssueAnswer;
import dev.hallpass.wire.LeaseAnswer.Next;
import dev.hallpass.wire.Reason;
import dev.hallpass.wire.Secret;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CredentialLoopTest {
  private static final CredentialName NAME = new CredentialName("orders-db", "db");

  /** Half way between the least and the most of what is drawn. */
  private static final RandomGenerator MIDDLE = () -> Long.MIN_VALUE;

  @TempDir private Path pod;
  @TempDir private Path second;
  private final TestClock clock = new TestClock();
  private final TestBroker broker = new TestBroker(clock);
  private final TestApp app = new TestApp();
  private final ByteArrayOutputStream log = new ByteArrayOutputStream();
  private Path token;
  private TrustBundle trust;
  private CredentialLoop loop;

  @BeforeEach
  void startAgent() throws IOException {
    token = Files.writeString(pod.resolve("token"), "token-1\n");
    trust = new TrustBundle(broker.authority.pem());
    var lines = new Log(new PrintStream(log, true, StandardCharsets.UTF_8), clock);
    loop =
        new CredentialLoop(
            NAME,
            new BrokerClient(broker.uri(), token, trust),
            List.of(
                new FileDrop(pod, PosixFilePermissions.fromString("r--r-----")),
                new FileDrop(second, PosixFilePermissions.fromString("r--r-----"))),
            new Herald(NAME, List.of(app.notification()), new Notifier(pod), lines, clock),
            lines,
            clock,
            MIDDLE);
  }

  @AfterEach
  void stop() {
    broker.close();
    app.close();
  }

  @Test
  void issuesThenStagesThenAcknowledgesThenPlacesAndOnlyThenIsReady() {
    var atAcknowledge = new StringBuilder();
    broker.onAcknowledge =
        () ->
            atAcknowledge
                .append(read(".hallpass-db.env"))
                .append(Files.exists(pod.resolve("db.env")) ? "and placed" : "and not placed")
                .append(" ready=")
                .append(loop.ready());

    loop.step();

    assertThat(broker.takeCalls()).containsExactly("issue orders-db/db", "acknowledge lease-1 1");
    assertThat(atAcknowledge).hasToString("PGPASSWORD=s1\nand not placed ready=false");
    assertThat(loop.ready()).isTrue();
    assertThat(log.toString(StandardCharsets.UTF_8))
        .isEqualTo(
            "time=2026-01-01T12:00:00Z level=info msg=\"active until 2026-01-01T12:15:00Z\""
                + " request=\"orders-db\" credential=\"db\" lease=\"lease-1\"\n");
  }

  @Test
  void stagesInEveryFolderBeforeItAcknowledges() {
    var atAcknowledge = new StringBuilder();
    broker.onAcknowledge =
        () -> atAcknowledge.append(Files.exists(second.resolve(".hallpass-db.env")));

    loop.step();

    assertThat(atAcknowledge).hasToString("true");
    assertThat(second.resolve("db.env")).hasContent("PGPASSWORD=s1\n");
  }

  @Test
  void renewsAtTwoThirdsOfWhatIsLeft() {
    loop.step();
    assertThat(loop.due()).isEqualTo(Instant.parse("2026-01-01T12:10:00Z"));
    broker.takeCalls();

    atDue();

    assertThat(broker.takeCalls()).containsExactly("renew lease-1 1");
    assertThat(loop.due()).isEqualTo(Instant.parse("2026-01-01T12:20:00Z"));
  }

  @Test
  void hasAFreshLeaseTakeOverInTimeWhileTheOldOneIsUsed() {
    broker.next = Next.Reissue;
    loop.step();
    broker.takeCalls();
    broker.lease = "lease-2";
    broker.files = List.of(new IssueAnswer.File("db.env", Secret.of("PGPASSWORD=s2\n")));
    var atAcknowledge = new StringBuilder();
    broker.onAcknowledge =
        () -> atAcknowledge.append(read("db.env")).append("ready=").append(loop.ready());

    atDue();

    assertThat(clock.instant()).isBefore(Instant.parse("2026-01-01T12:15:00Z"));
    assertThat(broker.takeCalls())
        .containsExactly("issue orders-db/db replacing lease-1 1", "acknowledge lease-2 2");
    assertThat(atAcknowledge).hasToString("PGPASSWORD=s1\nready=true");
    assertThat(read("db.env")).isEqualTo("PGPASSWORD=s2\n");
    assertThat(pod.resolve(".hallpass-db.env")).doesNotExist();
  }

  @Test
  void asksForAnotherLeaseWhereTheRenewalNeedsPeople() {
    loop.step();
    broker.takeCalls();
    broker.refusals.add(Reason.ApprovalAwaited);
    atDue();
    assertThat(loop.ready()).as("what it holds is still good").isTrue();
    broker.refusals.add(Reason.ApprovalAwaited);
    atDue();
    assertThat(loop.ready()).isTrue();
    broker.lease = "lease-2";

    atDue();

    assertThat(broker.takeCalls())
        .containsExactly(
            "renew refused",
            "issue refused",
            "issue orders-db/db replacing lease-1 1",
            "acknowledge lease-2 2");
    assertThat(clock.instant()).isBefore(Instant.parse("2026-01-01T12:11:00Z"));
  }

  @Test
  void tellsTheAppOnceItsFilesWereReplacedAndNotBefore() {
    broker.next = Next.Reissue;
    loop.step();
    assertThat(app.calls).isEmpty();

    atDue();
    assertThat(loop.due()).isEqualTo(clock.instant());
    loop.step();

    assertThat(app.calls).containsExactly("POST /reload ");
    assertThat(loop.due()).isAfter(clock.instant());
  }

  @Test
  void keepsTheOldOneWhereItsSuccessorWasLostAndTriesAgain() {
    broker.next = Next.Reissue;
    loop.step();
    broker.takeCalls();
    broker.lease = "lease-2";
    broker.onIssue = () -> broker.refusals.add(Reason.LeaseEnded);

    atDue();
    assertThat(loop.ready()).isTrue();
    broker.onIssue = () -> {};
    atDue();

    assertThat(broker.takeCalls())
        .containsExactly(
            "issue orders-db/db replacing lease-1 1",
            "acknowledge refused",
            "issue orders-db/db replacing lease-1 1",
            "acknowledge lease-2 3");
  }

  @Test
  void asksForNothingMoreWhereOthersKeepItAlive() {
    broker.next = Next.Keep;

    loop.step();

    assertThat(loop.due()).isEqualTo(Instant.MAX);
    clock.set(Instant.parse("2026-01-02T12:00:00Z"));
    assertThat(loop.ready()).isTrue();
  }

  @Test
  void staysReadyWhileAFreshLeaseIsAskedForBecauseTheLifetimeIsOver() {
    loop.step();
    broker.takeCalls();
    broker.refusals.add(Reason.LifetimeOver);

    atDue();
    assertThat(loop.ready()).isTrue();
    atDue();

    assertThat(broker.takeCalls())
        .containsExactly(
            "renew refused", "issue orders-db/db replacing lease-1 1", "acknowledge lease-1 2");
  }

  @Test
  void isNotReadyOnceTheLeaseHasEndedAndAsksForANewOne() {
    loop.step();
    broker.takeCalls();
    broker.refusals.add(Reason.LeaseEnded);

    atDue();
    assertThat(loop.ready()).isFalse();
    assertThat(loop.standing()).isEqualTo("LeaseEnded");
    atDue();

    assertThat(broker.takeCalls())
        .containsExactly("renew refused", "issue orders-db/db", "acknowledge lease-1 2");
    assertThat(loop.ready()).isTrue();
  }

  @Test
  void asksAtOnceWhereSomebodySaysThatTheLeaseHasEnded() {
    loop.step();
    broker.takeCalls();
    broker.refusals.add(Reason.LeaseEnded);

    loop.doubt();
    assertThat(loop.due()).isEqualTo(clock.instant());
    loop.step();
    assertThat(loop.ready()).isFalse();
    atDue();

    assertThat(broker.takeCalls())
        .containsExactly("check refused", "issue orders-db/db", "acknowledge lease-1 2");
    assertThat(loop.ready()).isTrue();
    loop.step();
    assertThat(app.calls).as("the files are new").hasSize(1);
  }

  @Test
  void askedByStrangersWithoutEndItAsksTheBrokerNowAndThen() {
    loop.step();
    var renewal = loop.due();
    broker.takeCalls();

    for (var i = 0; i < 100; i++) {
      loop.doubt();
      if (!loop.due().isAfter(clock.instant())) {
        loop.step();
      }
      clock.advance(Duration.ofMillis(500));
    }

    assertThat(broker.takeCalls()).containsExactly("check lease-1 1", "check lease-1 1");
    assertThat(loop.ready()).isTrue();
    loop.step();
    assertThat(loop.due()).as("as if nobody had asked").isEqualTo(renewal);
  }

  @ParameterizedTest
  @EnumSource(names = {"Overloaded", "TargetUnreachable", "TokenInvalid", "ApprovalAwaited"})
  void aQuestionThatStrangersBroughtAboutAndNobodyAnsweredChangesNothing(Reason reason) {
    loop.step();
    var renewal = loop.due();
    broker.takeCalls();
    broker.refusals.add(reason);

    loop.doubt();
    loop.step();

    assertThat(broker.takeCalls()).containsExactly("check refused");
    assertThat(loop.due()).isEqualTo(renewal);
    assertThat(loop.trouble()).isNull();
    assertThat(loop.ready()).isTrue();
    atDue();
    assertThat(broker.takeCalls()).containsExactly("renew lease-1 1");
  }

  @Test
  void hasNothingToAskAboutBeforeItHoldsALease() {
    loop.doubt();
    loop.step();

    assertThat(broker.takeCalls()).containsExactly("issue orders-db/db", "acknowledge lease-1 1");
    assertThat(waits()).isEqualTo(Duration.ofMinutes(10));
  }

  @Test
  void keepsTryingToRenewAndIsReadyUntilTheEndOnly() {
    loop.step();
    broker.close();

    atDue();
    assertThat(loop.ready()).isTrue();
    clock.set(Instant.parse("2026-01-01T12:15:00Z"));

    assertThat(loop.ready()).isFalse();
    assertThat(loop.standing()).isEqualTo("BrokerUnreachable");
  }

  @Test
  void anAcknowledgementThatFailedIsRepeatedRatherThanTheIssue() {
    broker.onIssue = () -> broker.refusals.add(Reason.TargetUnreachable);

    loop.step();
    assertThat(loop.ready()).isFalse();
    atDue();

    assertThat(broker.takeCalls())
        .containsExactly("issue orders-db/db", "acknowledge refused", "acknowledge lease-1 1");
    assertThat(loop.ready()).isTrue();
  }

  @Test
  void backsOffAndSaysEachReasonOnce() {
    for (var i = 0; i < 3; i++) {
      broker.refusals.add(Reason.TargetUnreachable);
    }
    broker.refusals.add(Reason.NotSelected);

    loop.step();
    assertThat(waits()).isEqualTo(Duration.ofMillis(100));
    atDue();
    assertThat(waits()).isEqualTo(Duration.ofMillis(200));
    atDue();
    assertThat(waits()).isEqualTo(Duration.ofMillis(400));
    atDue();
    assertThat(waits()).isEqualTo(Duration.ofMillis(37_500));
    atDue();

    assertThat(
            log.toString(StandardCharsets.UTF_8).lines().map(l -> l.replaceAll("time=\\S+ ", "")))
        .containsExactly(
            "level=warn msg=\"because\" request=\"orders-db\" credential=\"db\""
                + " reason=\"TargetUnreachable\"",
            "level=warn msg=\"because\" request=\"orders-db\" credential=\"db\""
                + " reason=\"NotSelected\"",
            "level=info msg=\"active until 2026-01-01T12:15:38.200Z\" request=\"orders-db\""
                + " credential=\"db\" lease=\"lease-1\"");
  }

  @Test
  void acknowledgesNothingThatItCouldNotWrite() {
    broker.files = List.of(new IssueAnswer.File("../db.env", Secret.of("s")));

    loop.step();

    assertThat(broker.takeCalls()).containsExactly("issue orders-db/db");
    assertThat(loop.ready()).isFalse();
    assertThat(loop.standing()).isEqualTo("DeliveryFailed");
    assertThat(pod.getParent().resolve("db.env")).doesNotExist();
  }

  @Test
  void readsTheTokenAnewForEachCall() throws IOException {
    broker.onAcknowledge = () -> write(token, "token-3");
    write(token, "token-2");

    loop.step();
    atDue();

    assertThat(broker.tokens).containsExactly("Bearer token-2", "Bearer token-2", "Bearer token-3");
  }

  @Test
  void trustsTheBundleThatTheBrokerHandsOut() {
    broker.trustBundle = new TestAuthority().pem();

    loop.step();

    assertThat(loop.standing()).isEqualTo("BrokerUnreachable");
    assertThat(broker.takeCalls()).containsExactly("issue orders-db/db");
  }

  @Test
  void secretsAreInTheFilesAlone() {
    broker.files =
        List.of(
            new IssueAnswer.File("db.env", Secret.of("hunter2")),
            new IssueAnswer.File("/db.env", Secret.of("hunter2")));

    loop.step();

    assertThat(log.toString(StandardCharsets.UTF_8))
        .doesNotContain("hunter2")
        .doesNotContain("token-1");
    assertThat(String.valueOf(loop.trouble())).doesNotContain("hunter2");
  }

  private void atDue() {
    clock.set(loop.due());
    loop.step();
  }

  private Duration waits() {
    return Duration.between(clock.instant(), loop.due());
  }

  private String read(String file) {
    try {
      return Files.readString(pod.resolve(file));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void write(Path file, String text) {
    try {
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
