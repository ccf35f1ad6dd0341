package dev.hallpass.provider.postgresql;

import dev.hallpass.api.v1alpha1.CredentialProviderSpec;
import dev.hallpass.api.v1alpha1.CredentialProviderSpec.AccessLevel;
import dev.hallpass.api.v1alpha1.CredentialProviderSpec.SecretRef;
import dev.hallpass.api.v1alpha1.PostgreSql;
import dev.hallpass.api.v1alpha1.PostgreSql.Tls;
import dev.hallpass.api.v1alpha1.PostgreSql.TlsMode;
import dev.hallpass.api.v1alpha1.PostgreSqlAccess;
import dev.hallpass.provider.Grant;
import dev.hallpass.provider.Holder;
import dev.hallpass.provider.Material;
import dev.hallpass.provider.Subject;
import dev.hallpass.provider.Target;
import dev.hallpass.provider.TargetDriverContract;
import dev.hallpass.testing.PostgresServer;
import dev.hallpass.wire.Secret;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** A database with orders in it, as its owner prepares it, and the provider that offers it. */
final class ShopDatabase {
  static final String ADMIN = "hallpass_admin";
  static final String ADMIN_PASSWORD = "loopback-test-admin";
  static final Tls DISABLED = new Tls(TlsMode.Disable, null);

  private final PostgresServer.Instance server;

  ShopDatabase(PostgresServer.Instance server) {
    this.server = server;
    server.execute(
        """
        DO $$ BEGIN
          IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'hallpass_admin') THEN
            CREATE ROLE hallpass_admin LOGIN CREATEROLE PASSWORD '%s';
            CREATE ROLE orders_reader NOLOGIN;
            GRANT pg_signal_backend TO hallpass_admin;
            GRANT orders_reader TO hallpass_admin WITH ADMIN OPTION;
            CREATE TABLE orders (id int);
            GRANT SELECT ON orders TO orders_reader;
            CREATE SCHEMA scratch;
            GRANT CREATE, USAGE ON SCHEMA scratch TO orders_reader;
          END IF;
        END $$"""
            .formatted(ADMIN_PASSWORD));
  }

  static AccessLevel level(String... roles) {
    return new AccessLevel("reader", "1h", "24h", new PostgreSqlAccess(List.of(roles)), null);
  }

  static Grant grant(UUID lease, AccessLevel level) {
    return new Grant(
        new Subject(TargetDriverContract.INSTALLATION, lease),
        1,
        level,
        Instant.now().plusSeconds(300),
        new Holder("shop", "orders-1", "orders"));
  }

  Target target() {
    return target(level("orders_reader"));
  }

  Target target(AccessLevel... levels) {
    return target(plain(), ADMIN, ADMIN_PASSWORD, levels);
  }

  Target withAdminPassword(String password) {
    return withAdmin(ADMIN, password);
  }

  Target withAdmin(String name, String password) {
    return withAdmin(name, password, level("orders_reader"));
  }

  Target withAdmin(String name, String password, AccessLevel level) {
    return target(plain(), name, password, level);
  }

  Target over(Tls tls) {
    return at(new PostgreSql("127.0.0.1", server.port(), "postgres", new SecretRef("admin"), tls));
  }

  /** The provider of another spec. */
  Target at(PostgreSql spec, AccessLevel... levels) {
    return target(
        spec,
        ADMIN,
        ADMIN_PASSWORD,
        levels.length == 0 ? new AccessLevel[] {level("orders_reader")} : levels);
  }

  /** A provider whose server answers nobody. */
  Target unreachable() {
    var nowhere = new PostgreSql("127.0.0.1", 1, "postgres", new SecretRef("admin"), DISABLED);
    return new Target("CredentialProvider/shop/other", at(nowhere).spec(), target().admin());
  }

  private PostgreSql plain() {
    return new PostgreSql("127.0.0.1", server.port(), "postgres", new SecretRef("admin"), DISABLED);
  }

  private static Target target(
      PostgreSql spec, String admin, String password, AccessLevel... levels) {
    return new Target(
        "CredentialProvider/shop/pg",
        new CredentialProviderSpec(spec, null, null, List.of(levels)),
        Map.of("username", Secret.of(admin), "password", Secret.of(password)));
  }

  /** A session of the holder of this credential. */
  Connection session(Material material) throws SQLException {
    return server.connect(
        material.get("database").reveal(),
        material.get("username").reveal(),
        material.get("password").reveal());
  }
}
