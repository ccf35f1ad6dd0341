package dev.hallpass.bench;

import dev.hallpass.broker.BrokerScene;
import dev.hallpass.testing.PostgresServer;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * How long a server that has come back kept what it had of Hallpass.
 *
 * @param logins until no account might log in any more
 * @param roles until there was no account
 */
record Leftovers(Duration logins, Duration roles) {
  private static final Duration PAUSE = Duration.ofMillis(50);
  private static final Duration AT_MOST = Duration.ofMinutes(5);
  private static final String COUNT =
      """
      SELECT count(*) FILTER (WHERE rolcanlogin), count(*)
      FROM pg_roles WHERE starts_with(rolname, 'hp_%s_')"""
          .formatted(BrokerScene.INSTALLATION);

  private record Left(long logins, long roles) {}

  /**
   * Looks on until nothing is left.
   *
   * @param began from when it counts, by {@link System#nanoTime()}
   */
  static Leftovers of(PostgresServer.Instance server, long began) throws SQLException {
    try (var connection = server.superuser();
        var statement = connection.createStatement()) {
      var logins = Duration.ZERO;
      for (var left = left(statement); ; left = left(statement)) {
        var since = Duration.ofNanos(System.nanoTime() - began);
        if (left.logins() > 0 || logins.isZero()) {
          logins = since;
        }
        if (left.roles() == 0) {
          return new Leftovers(logins, since);
        }
        if (since.compareTo(AT_MOST) > 0) {
          throw new IllegalStateException(left + " after " + since);
        }
        LockSupport.parkNanos(PAUSE.toNanos());
      }
    }
  }

  private static Left left(Statement statement) throws SQLException {
    try (var rows = statement.executeQuery(COUNT)) {
      rows.next();
      return new Left(rows.getLong(1), rows.getLong(2));
    }
  }
}
