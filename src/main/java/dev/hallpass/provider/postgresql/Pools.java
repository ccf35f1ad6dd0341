package dev.hallpass.provider.postgresql;

import dev.hallpass.api.v1alpha1.PostgreSql;
import dev.hallpass.api.v1alpha1.PostgreSql.TlsMode;
import dev.hallpass.provider.Target;
import dev.hallpass.provider.TargetException;
import dev.hallpass.wire.Reason;
import dev.hallpass.wire.Secret;
import io.agroal.api.AgroalDataSource;
import io.agroal.api.configuration.AgroalConnectionPoolConfiguration.ConnectionValidator;
import io.agroal.api.configuration.supplier.AgroalDataSourceConfigurationSupplier;
import io.agroal.api.exceptionsorter.PostgreSQLExceptionSorter;
import io.agroal.api.security.NamePrincipal;
import io.agroal.api.security.SimplePassword;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;

/**
 * One connection pool per target. A changed spec or admin Secret replaces the pool, and the calls
 * that are under way finish with the old one. A pool that nobody asks for any more, as its provider
 * is gone, is closed.
 */
final class Pools implements AutoCloseable {
  private static final int MAX_CONNECTIONS = 8;
  private static final Duration ACQUISITION = Duration.ofSeconds(15);

  /** Of a connection that was not used for so long it is asked whether it still works. */
  private static final Duration UNSEEN = Duration.ofMillis(500);

  /**
   * No function of somebody else's schema is ever called (CVE-2018-1058), and no lock that somebody
   * else holds is waited for long.
   */
  private static final String SESSION =
      "-c search_path=pg_catalog,pg_temp -c lock_timeout=2s -c statement_timeout=10s"
          + " -c idle_in_transaction_session_timeout=15s";

  private static final Duration IDLE = Duration.ofMinutes(30);

  /** Longer than any call holds a connection: statements and sockets are bounded in time. */
  private static final Duration GRACE = Duration.ofMinutes(2);

  private final InstantSource clock;
  private final Map<String, Pool> pools = new HashMap<>();
  private final List<Retired> retired = new ArrayList<>();

  private record Pool(
      PostgreSql server, Map<String, Secret> login, AgroalDataSource source, Instant usedAt) {

    Pool usedAt(Instant now) {
      return new Pool(server, login, source, now);
    }
  }

  private record Retired(AgroalDataSource source, Instant at) {}

  Pools(InstantSource clock) {
    this.clock = clock;
  }

  /** A connection to the provider's database. */
  Connection connect(Target target) throws SQLException {
    return pool(target).source().getConnection();
  }

  /** A connection to another database of the same server, outside the pool. */
  Connection connectOnce(Target target, String database) throws SQLException {
    var properties = properties(server(target));
    properties.setProperty("user", entry(target, "username").reveal());
    properties.setProperty("password", entry(target, "password").reveal());
    return DriverManager.getConnection(url(server(target), database), properties);
  }

  private synchronized Pool pool(Target target) {
    var now = clock.instant();
    closeUnused(now);
    var known = pools.get(target.id());
    if (known != null
        && known.server().equals(server(target))
        && known.login().equals(target.admin())) {
      pools.put(target.id(), known.usedAt(now));
      return known;
    }
    var fresh = new Pool(server(target), target.admin(), open(target), now);
    pools.put(target.id(), fresh);
    if (known != null) {
      retired.add(new Retired(known.source(), now));
    }
    return fresh;
  }

  private void closeUnused(Instant now) {
    pools.values().removeIf(pool -> closed(pool.source(), pool.usedAt().plus(IDLE).isBefore(now)));
    retired.removeIf(old -> closed(old.source(), old.at().plus(GRACE).isBefore(now)));
  }

  private static boolean closed(AgroalDataSource source, boolean due) {
    if (due) {
      source.close();
    }
    return due;
  }

  private static AgroalDataSource open(Target target) {
    var server = server(target);
    var configuration =
        new AgroalDataSourceConfigurationSupplier()
            .connectionPoolConfiguration(
                pool ->
                    pool.maxSize(MAX_CONNECTIONS)
                        .acquisitionTimeout(ACQUISITION)
                        .idleValidationTimeout(UNSEEN)
                        .connectionValidator(ConnectionValidator.defaultValidator())
                        .exceptionSorter(new PostgreSQLExceptionSorter())
                        .reapTimeout(Duration.ofMinutes(1))
                        .connectionFactoryConfiguration(
                            factory -> {
                              factory
                                  .jdbcUrl(url(server, server.database()))
                                  .principal(new NamePrincipal(entry(target, "username").reveal()))
                                  .credential(
                                      new SimplePassword(entry(target, "password").reveal()));
                              properties(server)
                                  .forEach(
                                      (k, v) ->
                                          factory.jdbcProperty(
                                              String.valueOf(k), String.valueOf(v)));
                              return factory;
                            }));
    try {
      return AgroalDataSource.from(configuration);
    } catch (SQLException e) {
      throw SqlErrors.explain(target, e);
    }
  }

  private static String url(PostgreSql server, String database) {
    return "jdbc:postgresql://%s/%s"
        .formatted(
            Servers.of(server).authority(),
            URLEncoder.encode(database, StandardCharsets.UTF_8).replace("+", "%20"));
  }

  private static Properties properties(PostgreSql server) {
    var properties = new Properties();
    properties.setProperty("ApplicationName", "hallpass");
    properties.setProperty("connectTimeout", "3");
    properties.setProperty("loginTimeout", "5");
    if (Servers.of(server).several()) {
      // Time enough to pass over servers that do not answer; which ones those are is remembered.
      properties.setProperty("targetServerType", "primary");
      properties.setProperty("loginTimeout", "15");
    }
    properties.setProperty("socketTimeout", "15");
    properties.setProperty("tcpKeepAlive", "true");
    properties.setProperty("maxResultBuffer", "4M");
    properties.setProperty("options", SESSION);
    // Error details can quote statements.
    properties.setProperty("logServerErrorDetail", "false");
    properties.setProperty("sslmode", sslMode(server));
    var tls = server.tls();
    if (tls != null && tls.caBundle() != null && tls.mode() == TlsMode.VerifyFull) {
      TlsErrors.requireUsable(tls.caBundle());
      properties.setProperty("sslfactory", BundleSslFactory.class.getName());
      properties.setProperty("sslfactoryarg", tls.caBundle());
    } else if (sslMode(server).equals("verify-full")) {
      properties.setProperty("sslfactory", "org.postgresql.ssl.DefaultJavaSSLFactory");
    }
    return properties;
  }

  /** The libpq name of the TLS mode. */
  static String sslMode(PostgreSql server) {
    return switch (tlsMode(server)) {
      case Disable -> "disable";
      case Require -> "require";
      case VerifyFull -> "verify-full";
    };
  }

  /** The TLS mode, defaulted. */
  static TlsMode tlsMode(PostgreSql server) {
    var tls = server.tls();
    return tls == null ? TlsMode.VerifyFull : tls.mode();
  }

  /** What a target says of its server. */
  static PostgreSql server(Target target) {
    return Objects.requireNonNull(target.spec().postgresql(), "not a PostgreSQL provider");
  }

  private static Secret entry(Target target, String key) {
    var value = target.admin().get(key);
    if (value == null) {
      throw new TargetException(
          Reason.AdminSecretUnavailable,
          "spec.postgresql.adminSecretRef: the Secret has no key \"%s\"".formatted(key));
    }
    return value;
  }

  @Override
  public synchronized void close() {
    pools.values().forEach(p -> p.source().close());
    pools.clear();
    retired.forEach(r -> r.source().close());
    retired.clear();
  }
}
