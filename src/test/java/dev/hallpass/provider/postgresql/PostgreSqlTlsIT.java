package dev.hallpass.provider.postgresql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hallpass.api.v1alpha1.Delivery;
import dev.hallpass.api.v1alpha1.PostgreSql.Tls;
import dev.hallpass.api.v1alpha1.PostgreSql.TlsMode;
import dev.hallpass.provider.Target;
import dev.hallpass.provider.TargetException;
import dev.hallpass.testing.PostgresServer;
import dev.hallpass.testing.ServerProcess;
import dev.hallpass.testing.TestAuthority;
import dev.hallpass.wire.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.UUID;
import org.assertj.core.api.AbstractThrowableAssert;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** TLS to a server whose CA is its own, and what a provider's owner reads where it does not fit. */
class PostgreSqlTlsIT {
  private static final TestAuthority AUTHORITY = new TestAuthority();
  private static PostgresServer.Instance server;

  private final PostgreSqlDriver driver = new PostgreSqlDriver(new SecureRandom());

  @BeforeAll
  static void start() {
    server = PostgresServer.create();
    new ShopDatabase(server);
  }

  @AfterAll
  static void stop() {
    server.close();
    AUTHORITY.close();
  }

  @AfterEach
  void close() {
    driver.close();
  }

  private static Target target(TlsMode mode, @Nullable String bundle) {
    return new ShopDatabase(server).over(new Tls(mode, bundle));
  }

  private AbstractThrowableAssert<?, ? extends Throwable> assertFails(Target target) {
    return assertThatThrownBy(() -> driver.probe(target))
        .isInstanceOfSatisfying(
            TargetException.class, e -> assertThat(e.reason()).isEqualTo(Reason.TlsFailed));
  }

  @Test
  void theServersOwnAuthorityIsTrustedWhereItIsGiven() {
    server.offerTls(AUTHORITY.server("IP:127.0.0.1"));

    driver.probe(target(TlsMode.VerifyFull, AUTHORITY.bundle()));
    driver.probe(target(TlsMode.Require, null));
  }

  @Test
  void anotherAuthorityIsRefused() {
    server.offerTls(AUTHORITY.server("IP:127.0.0.1"));
    try (var other = new TestAuthority()) {
      assertFails(target(TlsMode.VerifyFull, other.bundle()))
          .hasMessage(
              "spec.postgresql.tls.caBundle: no certificate in it signed the server's; give the PEM"
                  + " certificate of the CA that did");
    }
  }

  @Test
  void withoutABundleTheRuntimesAuthoritiesDecide() {
    server.offerTls(AUTHORITY.server("IP:127.0.0.1"));

    assertFails(target(TlsMode.VerifyFull, null))
        .hasMessageStartingWith("spec.postgresql.tls.caBundle: left out, and none of");
  }

  @Test
  void aCertificateOfAnotherHostIsRefused() {
    server.offerTls(AUTHORITY.server("DNS:db.shop.svc"));

    assertFails(target(TlsMode.VerifyFull, AUTHORITY.bundle()))
        .hasMessageStartingWith(
            "spec.postgresql.host: the server's certificate does not name 127.0.0.1;");
  }

  @Test
  void aBundleThatIsNoneIsRefusedBeforeAnyCall() {
    assertFails(target(TlsMode.VerifyFull, "not a certificate"))
        .hasMessageStartingWith("spec.postgresql.tls.caBundle: not a PEM bundle of certificates");
    assertFails(
            target(
                TlsMode.VerifyFull,
                "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"))
        .hasMessageStartingWith("spec.postgresql.tls.caBundle: not a PEM bundle of certificates");
  }

  @Test
  void aServerThatDemandsTlsIsNotAskedWithoutItForLong() {
    try (var strict = PostgresServer.create()) {
      var shop = new ShopDatabase(strict);
      strict.offerTls(AUTHORITY.server("IP:127.0.0.1"));
      strict.demandTls();

      assertFails(shop.over(new Tls(TlsMode.Disable, null)))
          .hasMessageStartingWith(
              "spec.postgresql.tls.mode: the server admits no unencrypted login of the admin role;"
                  + " set mode: VerifyFull");
      driver.probe(shop.over(new Tls(TlsMode.VerifyFull, AUTHORITY.bundle())));
    }
  }

  @Test
  void aServerWithoutTlsIsRefusedWhereTlsIsAsked() {
    try (var plain = PostgresServer.create()) {
      assertFails(new ShopDatabase(plain).over(new Tls(TlsMode.VerifyFull, null)))
          .hasMessageStartingWith(
              "spec.postgresql.tls.mode: VerifyFull asks for TLS, but the server does not support"
                  + " SSL;");
    }
  }

  @Test
  void aPodVerifiesTheServerWithWhatItIsGiven(@TempDir Path mount)
      throws IOException, SQLException {
    server.offerTls(AUTHORITY.server("IP:127.0.0.1"));
    var target = target(TlsMode.VerifyFull, AUTHORITY.bundle());
    var grant = ShopDatabase.grant(UUID.randomUUID(), ShopDatabase.level("orders_reader"));

    var material = driver.issue(target, grant);
    driver.activate(target, grant);

    var file = material.attachments().getFirst();
    var placed = mount.resolve(file.path());
    Files.createDirectories(placed.getParent());
    Files.writeString(placed, file.content().reveal());
    var url = material.get("url").reveal().replace(encoded(Delivery.MOUNT_PATH), encoded(mount));
    assertThat(ServerProcess.output("psql", url, "-Atc", "SELECT count(*) FROM orders").strip())
        .isEqualTo("0");
    try (var connection =
        DriverManager.getConnection(
            material.get("jdbcUrl").reveal().replace(encoded(Delivery.MOUNT_PATH), encoded(mount)),
            material.get("username").reveal(),
            material.get("password").reveal())) {
      assertThat(connection.isValid(5)).isTrue();
    }
    assertThat(material.get("sslrootcert").reveal())
        .isEqualTo(Delivery.MOUNT_PATH + "/" + file.path());
    assertThat(material.get("ca").reveal()).isEqualTo(AUTHORITY.bundle());
  }

  private static String encoded(Object path) {
    return path.toString().replace("/", "%2F");
  }
}
