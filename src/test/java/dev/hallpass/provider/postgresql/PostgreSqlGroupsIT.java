package dev.hallpass.provider.postgresql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hallpass.provider.TargetException;
import dev.hallpass.testing.PostgresServer;
import dev.hallpass.wire.Reason;
import java.security.SecureRandom;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** No group role is handed out that would let a pod keep access, or take more than was meant. */
@ExtendWith(PostgresServer.class)
class PostgreSqlGroupsIT {
  private final PostgreSqlDriver driver = new PostgreSqlDriver(new SecureRandom());
  private PostgresServer.Instance server;
  private ShopDatabase shop;

  @BeforeEach
  void prepare(PostgresServer.Instance shared) {
    server = shared;
    shop = new ShopDatabase(shared);
    server.execute(
        "CREATE ROLE outer_group NOLOGIN",
        "CREATE ROLE inner_group NOLOGIN",
        "GRANT inner_group TO outer_group",
        "GRANT outer_group TO hallpass_admin WITH ADMIN OPTION");
  }

  @AfterEach
  void close() {
    driver.close();
    server.execute("DROP ROLE outer_group, inner_group");
  }

  @ParameterizedTest
  @CsvSource({
    "ALTER ROLE inner_group SUPERUSER, is a superuser",
    "ALTER ROLE inner_group CREATEROLE, may create roles",
    "ALTER ROLE inner_group REPLICATION, may replicate the server",
    "ALTER ROLE inner_group BYPASSRLS, bypasses row security",
    "ALTER ROLE inner_group LOGIN, can log in"
  })
  void whatAGroupReachesThroughAnotherCounts(String makeUnsafe, String why) {
    server.execute(makeUnsafe);

    assertUnsafe(() -> driver.probe(shop.target(ShopDatabase.level("outer_group"))), why);
  }

  @ParameterizedTest
  @CsvSource({
    "pg_execute_server_program",
    "pg_read_server_files",
    "pg_write_server_files",
    "pg_signal_backend"
  })
  void predefinedRolesThatLeaveTheDatabaseAreRefused(String predefined) {
    server.execute("GRANT %s TO inner_group".formatted(predefined));

    assertUnsafe(() -> driver.probe(shop.target(ShopDatabase.level("outer_group"))), predefined);
  }

  @Test
  void rolesThatOnlyLookAreFine() {
    server.execute("GRANT pg_monitor TO inner_group");

    driver.probe(shop.target(ShopDatabase.level("outer_group")));
  }

  @Test
  void aGroupThatBecameUnsafeAfterTheProbeIsIssuedNoMore() {
    var grant = ShopDatabase.grant(UUID.randomUUID(), ShopDatabase.level("outer_group"));
    driver.probe(shop.target(ShopDatabase.level("outer_group")));
    server.execute("ALTER ROLE inner_group SUPERUSER");

    assertUnsafe(() -> driver.issue(shop.target(), grant), "is a superuser");

    assertThat(driver.inventory(shop.target(), grant.subject().installation()))
        .doesNotContain(grant.subject());
  }

  @Test
  void aGroupThatBecameUnsafeIsNotRenewed() {
    var grant = ShopDatabase.grant(UUID.randomUUID(), ShopDatabase.level("outer_group"));
    driver.issue(shop.target(), grant);
    driver.activate(shop.target(), grant);
    server.execute("ALTER ROLE inner_group LOGIN");

    assertUnsafe(() -> driver.renew(shop.target(), grant), "can log in");

    driver.revoke(shop.target(), grant.subject());
  }

  private static void assertUnsafe(ThrowingCallable call, String why) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            TargetException.class, e -> assertThat(e.reason()).isEqualTo(Reason.GroupRoleUnsafe))
        .hasMessageStartingWith(
            "spec.access[reader].postgresql.roles: role \"outer_group\" belongs to \"")
        .hasMessageContaining(why);
  }
}
