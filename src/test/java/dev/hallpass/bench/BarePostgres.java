package dev.hallpass.bench;

import dev.hallpass.testing.PostgresServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;

/**
 * What the server can do when nobody decides, records or proves anything: a login role that joins a
 * group, in one transaction, with a SCRAM verifier (RFC 7677) of 4,096 iterations that was computed
 * beforehand, over as many connections as a provider has.
 */
final class BarePostgres implements AutoCloseable {
  private static final int CONNECTIONS = 8;

  private final List<Connection> all = new ArrayList<>();
  private final BlockingQueue<Connection> free = new LinkedBlockingQueue<>();
  private final AtomicLong number = new AtomicLong();
  private final String verifier;

  BarePostgres(PostgresServer.Instance postgres) throws SQLException {
    postgres.execute(
        "CREATE ROLE bare_group NOLOGIN", "CREATE ROLE bare_template PASSWORD 'bare-template'");
    verifier =
        postgres
            .query("SELECT rolpassword FROM pg_authid WHERE rolname = 'bare_template'")
            .getFirst();
    for (var i = 0; i < CONNECTIONS; i++) {
      var connection = postgres.superuser();
      connection.setAutoCommit(false);
      all.add(connection);
    }
    free.addAll(all);
  }

  /** How long it takes to drop so many roles, over as many connections. */
  static Duration dropping(PostgresServer.Instance postgres, int roles) throws SQLException {
    try (var bare = new BarePostgres(postgres)) {
      Callable<Void> made =
          () -> {
            bare.once();
            return null;
          };
      Load.inParallel(CONNECTIONS, Collections.nCopies(roles, made));
      return bare.dropAll();
    }
  }

  /** Makes one role. */
  void once() throws SQLException, InterruptedException {
    var role = "bare_" + number.incrementAndGet();
    var until = Instant.now().plusSeconds(900);
    var connection = free.take();
    try (var statement = connection.createStatement()) {
      statement.execute(
          "CREATE ROLE %s NOLOGIN PASSWORD '%s' VALID UNTIL '%s'".formatted(role, verifier, until));
      statement.execute("GRANT bare_group TO " + role);
      statement.execute("ALTER ROLE %s LOGIN VALID UNTIL '%s'".formatted(role, until));
      connection.commit();
    } finally {
      free.add(connection);
    }
  }

  /** Drops all that were made, and says how long that took. */
  Duration dropAll() {
    var began = System.nanoTime();
    Load.inParallel(
        CONNECTIONS, LongStream.rangeClosed(1, number.get()).mapToObj(this::dropping).toList());
    return Duration.ofNanos(System.nanoTime() - began);
  }

  private Callable<Void> dropping(long role) {
    return () -> {
      var connection = free.take();
      try (var statement = connection.createStatement()) {
        statement.execute("DROP ROLE bare_" + role);
        connection.commit();
      } finally {
        free.add(connection);
      }
      return null;
    };
  }

  @Override
  public void close() throws SQLException {
    for (var connection : all) {
      connection.close();
    }
  }
}
