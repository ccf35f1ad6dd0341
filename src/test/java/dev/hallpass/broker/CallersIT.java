package dev.hallpass.broker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hallpass.provider.postgresql.PostgreSqlDriver;
import dev.hallpass.testing.KubeApi;
import dev.hallpass.testing.PostgresServer;
import dev.hallpass.wire.IssueAnswer;
import dev.hallpass.wire.Reason;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.concurrent.Executors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Whoever calls is the pod that they say they are, or is refused, at a real API server. */
@ExtendWith({KubeApi.class, PostgresServer.class})
class CallersIT {
  private static final String ISSUE = "/v1/credentials";
  private static final byte[] ASKS = BrokerScene.asks("db", "db");

  private final PostgreSqlDriver driver = new PostgreSqlDriver(new SecureRandom());
  private BrokerScene scene;

  @BeforeEach
  void open(KubeApi kube, PostgresServer.Instance postgres) {
    scene = new BrokerScene(kube, postgres, driver);
  }

  @AfterEach
  void close() {
    scene.close();
    driver.close();
  }

  @Test
  void aPodThatCallsBeforeItsAddressIsKnownIsServedOnceItIs() throws Exception {
    var pod = scene.starting("orders-1");
    var token = scene.token(pod);
    try (var agent = Executors.newSingleThreadExecutor()) {
      var call = agent.submit(() -> scene.issue(token));
      Awaitility.await().during(Duration.ofMillis(300)).until(() -> !call.isDone());

      scene.runs(pod, "127.0.0.1");

      assertThat(scene.admits(acknowledged(token, call.get()))).isTrue();
    }
    assertThat(BrokerScene.reason(scene.post(ISSUE, scene.token(scene.starting("orders-2")), ASKS)))
        .isEqualTo(Reason.PodAddressUnknown);
  }

  private IssueAnswer acknowledged(String token, IssueAnswer issued) {
    scene.acknowledge(token, issued);
    return issued;
  }

  @Test
  void whoCallsFromElsewhereBeforeAPodsAddressIsKnownIsRefusedOnceItIs() throws Exception {
    var pod = scene.starting("orders-1");
    var stolen = scene.token(pod);
    try (var thief = Executors.newSingleThreadExecutor()) {
      var call = thief.submit(() -> scene.postFrom("127.0.0.2", ISSUE, stolen, ASKS));
      Awaitility.await().during(Duration.ofMillis(300)).until(() -> !call.isDone());

      scene.runs(pod, "127.0.0.1");

      assertThat(BrokerScene.reason(call.get())).isEqualTo(Reason.AddressMismatch);
    }
    assertThat(scene.leases()).isEmpty();
  }

  @Test
  void aTokenFromAnotherAddressIsRefused() {
    var token = scene.token(scene.pod("orders-1"));

    var answer = scene.postFrom("127.0.0.2", ISSUE, token, BrokerScene.asks("db", "db"));

    assertThat(answer.statusCode()).isEqualTo(403);
    assertThat(BrokerScene.reason(answer)).isEqualTo(Reason.AddressMismatch);
    assertThat(scene.leases()).isEmpty();
  }

  @Test
  void noTokenANonsenseTokenAndAnotherAudienceAreRefused() {
    var pod = scene.pod("orders-1");

    assertThat(scene.issuing("")).isEqualTo(Reason.TokenMissing);
    assertThat(scene.issuing("nonsense")).isEqualTo(Reason.TokenInvalid);
    assertThat(scene.issuing("nonsense")).isEqualTo(Reason.TokenInvalid);
    assertThat(scene.issuing(scene.token(pod, "https://kubernetes.default.svc")))
        .isEqualTo(Reason.TokenInvalid);
    assertThat(scene.leases()).isEmpty();
  }

  @Test
  void aDeletedPodIsRefusedThoughItsTokenIsStillAccepted() {
    var pod = scene.pod("orders-1");
    var token = scene.token(pod);
    scene.issue(token);

    scene.kube().client().pods().resource(pod).withGracePeriod(0).delete();

    assertThat(scene.issuing(token)).isIn(Reason.PodGone, Reason.TokenInvalid);
  }

  @Test
  void aSuccessorOfTheSameNameIsNotThePod() {
    var pod = scene.pod("orders-1");
    var token = scene.token(pod);
    scene.kube().client().pods().resource(pod).withGracePeriod(0).delete();
    scene.pod("orders-1");

    assertThat(scene.issuing(token)).isIn(Reason.PodGone, Reason.TokenInvalid);
  }

  @Test
  void aTerminatingPodIsRefused() {
    var pod = scene.pod("orders-1");
    var token = scene.token(pod);
    scene.kube().client().pods().resource(pod).withGracePeriod(60).delete();

    assertThat(scene.issuing(token)).isEqualTo(Reason.PodTerminating);
  }

  @Test
  void aCompletedPodIsRefused() {
    var pod = scene.pod("orders-1");
    var token = scene.token(pod);
    var ended = new PodBuilder(pod).editStatus().withPhase("Succeeded").endStatus().build();
    scene.kube().client().resource(ended).updateStatus();

    assertThat(scene.issuing(token)).isEqualTo(Reason.PodEnded);
  }

  @Test
  void aTokenUsedElsewhereShowsOnItsPod() {
    var pod = scene.pod("orders-1");

    scene.postFrom("127.0.0.2", ISSUE, scene.token(pod), BrokerScene.asks("db", "db"));

    Awaitility.await().until(() -> !scene.eventsAbout(pod, Reason.AddressMismatch).isEmpty());
  }
}
