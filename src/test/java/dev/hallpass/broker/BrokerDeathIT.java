package dev.hallpass.broker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hallpass.broker.FailingDriver.Point;
import dev.hallpass.provider.Subject;
import dev.hallpass.provider.postgresql.PostgreSqlDriver;
import dev.hallpass.testing.KubeApi;
import dev.hallpass.testing.PostgresServer;
import java.security.SecureRandom;
import java.util.HashSet;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Wherever a broker dies, each account has a lease that names it, and a second try ends well. */
@ExtendWith({KubeApi.class, PostgresServer.class})
class BrokerDeathIT {
  private final FailingDriver driver = new FailingDriver(new PostgreSqlDriver(new SecureRandom()));
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

  @ParameterizedTest
  @EnumSource(names = {"BEFORE_ISSUE", "AFTER_ISSUE"})
  void aDeathWhileMintingLeavesANamedAccountThatNobodyCanUse(Point point) {
    var token = scene.token(scene.pod("orders-1"));
    var before = new HashSet<>(scene.accounts());

    driver.dieAt(point);
    assertThat(scene.post("/v1/credentials", token, BrokerScene.asks("db", "db")).statusCode())
        .isEqualTo(500);

    assertThat(scene.leases()).hasSize(1);
    var minted = new HashSet<>(scene.accounts());
    minted.removeAll(before);
    assertThat(minted).isSubsetOf(subject());
    assertThat(scene.canLogIn(subject())).isFalse();

    var issued = scene.issue(token);
    scene.acknowledge(token, issued);
    assertThat(scene.leases()).hasSize(1);
    assertThat(scene.accounts()).hasSize(before.size() + 1);
    assertThat(scene.admits(issued)).isTrue();
  }

  @ParameterizedTest
  @EnumSource(names = {"BEFORE_ACTIVATE", "AFTER_ACTIVATE"})
  void aDeathWhileActivatingIsMendedByTheNextAcknowledgement(Point point) {
    var token = scene.token(scene.pod("orders-1"));
    var issued = scene.issue(token);

    driver.dieAt(point);
    assertThat(scene.post("/v1/leases/acknowledge", token, BrokerScene.names(issued)).statusCode())
        .isEqualTo(500);

    scene.acknowledge(token, issued);
    assertThat(scene.admits(issued)).isTrue();
  }

  @ParameterizedTest
  @EnumSource(names = {"BEFORE_RENEW", "AFTER_RENEW"})
  void aDeathWhileRenewingIsMendedByTheNextRenewal(Point point) {
    var token = scene.token(scene.pod("orders-1"));
    var issued = scene.issue(token);
    scene.acknowledge(token, issued);

    driver.dieAt(point);
    assertThat(scene.post("/v1/leases/renew", token, BrokerScene.names(issued)).statusCode())
        .isEqualTo(500);

    scene.renew(token, issued);
    assertThat(scene.admits(issued)).isTrue();
  }

  private String subject() {
    var uid = scene.leases().getFirst().getMetadata().getUid();
    return new Subject(BrokerScene.INSTALLATION, UUID.fromString(uid)).name();
  }
}
