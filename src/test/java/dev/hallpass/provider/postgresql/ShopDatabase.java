package dev.hallpass.provider.postgresql;

import dev.hallpass.api.v1alpha1.CredentialProviderSpec;
import dev.hallpass.api.v1alpha1.CredentialProviderSpec.AccessLevel;
import dev.hallpass.api.v1alpha1.CredentialProviderSpec.PostgreSql;
import dev.hallpass.api.v1alpha1.CredentialProviderSpec.PostgreSqlAccess;
import dev.hallpass.api.v1alpha1.CredentialProviderSpec.SecretRef;
import dev.hallpass.api.v1alpha1.CredentialProviderSpec.Tls;
import dev.hallpass.api.v1alpha1.CredentialProviderSpec.TlsMode;
import dev.hallpass.provider.Grant;
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
  private static final String ADMIN_PASSWORD = "loopback-test-admin";

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
    return new AccessLevel("reader", "1h", "24h", new PostgreSqlAccess(List.of(roles)));
  }

  static Grant grant(UUID lease, AccessLevel level) {
    return new Grant(
        new Subject(TargetDriverContract.INSTALLATION, lease),
        1,
        level,
        Instant.now().plusSeconds(300),
        "shop/orders-1");
  }

  Target target() {
    return target(level("orders_reader"));
  }

  Target target(AccessLevel... levels) {
    return target("127.0.0.1", new Tls(TlsMode.Disable, null), ADMIN_PASSWORD, levels);
  }

  Target withAdminPassword(String password) {
    return target("127.0.0.1", new Tls(TlsMode.Disable, null), password, level("orders_reader"));
  }

  Target over(Tls tls) {
    return target("127.0.0.1", tls, ADMIN_PASSWORD, level("orders_reader"));
  }

  /** A provider whose server answers nobody. */
  Target unreachable() {
    return new Target(
        "CredentialProvider/shop/other",
        new CredentialProviderSpec(
            new PostgreSql(
                "127.0.0.1", 1, "postgres", new SecretRef("admin"), new Tls(TlsMode.Disable, null)),
            null,
            List.of(level("orders_reader"))),
        target().admin());
  }

  private Target target(String host, Tls tls, String password, AccessLevel... levels) {
    return new Target(
        "CredentialProvider/shop/pg",
        new CredentialProviderSpec(
            new PostgreSql(host, server.port(), "postgres", new SecretRef("admin"), tls),
            null,
            List.of(levels)),
        Map.of("username", Secret.of("hallpass_admin"), "password", Secret.of(password)));
  }

  /** A session of the holder of this credential. */
  Connection session(Material material) throws SQLException {
    return server.connect(material.get("username").reveal(), material.get("password").reveal());
  }
}
