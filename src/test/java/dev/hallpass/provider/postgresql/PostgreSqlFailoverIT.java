package dev.hallpass.provider.postgresql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.hallpass.api.v1alpha1.CredentialProviderSpec.SecretRef;
import dev.hallpass.api.v1alpha1.PostgreSql;
import dev.hallpass.provider.Target;
import dev.hallpass.testing.PostgresServer;
import dev.hallpass.testing.ServerProcess;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Another server of the cluster takes over. */
class PostgreSqlFailoverIT {
  private static final Duration SOON = Duration.ofSeconds(60);

  private final PostgreSqlDriver driver = new PostgreSqlDriver(new SecureRandom());

  private static Target target(
      ShopDatabase shop, PostgresServer.Instance first, PostgresServer.Instance second) {
    return shop.at(
        new PostgreSql(
            "127.0.0.1",
            first.port(),
            List.of("127.0.0.1:" + second.port()),
            "postgres",
            null,
            new SecretRef("admin"),
            ShopDatabase.DISABLED,
            null));
  }

  @Test
  void leasesGoOnAtTheNewPrimary() {
    try (var first = PostgresServer.create()) {
      var shop = new ShopDatabase(first);
      try (var second = first.standby()) {
        var target = target(shop, first, second);
        var level = ShopDatabase.level("orders_reader");
        var grant = ShopDatabase.grant(UUID.randomUUID(), level);
        driver.probe(target);
        var material = driver.issue(target, grant);
        driver.activate(target, grant);
        var user = material.get("username").reveal();
        var password = material.get("password").reveal();
        await().atMost(SOON).until(() -> second.admits(user, password));

        first.stop();
        second.promote();

        await()
            .atMost(SOON)
            .ignoreExceptions()
            .until(
                () -> {
                  driver.renew(target, grant);
                  return true;
                });
        assertThat(
                ServerProcess.output(
                        "psql", material.get("url").reveal(), "-Atc", "SELECT pg_is_in_recovery()")
                    .strip())
            .isEqualTo("f");
        var other = ShopDatabase.grant(UUID.randomUUID(), level);
        driver.issue(target, other);
        driver.revoke(target, grant.subject());
        assertThat(second.admits(user, password)).isFalse();
        assertThat(driver.inventory(target, grant.subject().installation()))
            .containsExactly(other.subject());
      }
    } finally {
      driver.close();
    }
  }
}
