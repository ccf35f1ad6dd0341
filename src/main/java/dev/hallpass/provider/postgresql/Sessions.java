package dev.hallpass.provider.postgresql;

import dev.hallpass.provider.TargetException;
import dev.hallpass.wire.Reason;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** The open sessions of roles, by the role's OID, which they keep when the role is gone. */
final class Sessions {
  static final Duration PAUSE = Duration.ofMillis(25);
  private static final int ATTEMPTS = 200;

  private Sessions() {}

  /** Ends the sessions of a role, and returns when there is none. */
  static void end(Connection connection, long role) throws SQLException {
    for (var attempt = 0; attempt < ATTEMPTS; attempt++) {
      if (terminate(connection, role).isEmpty()) {
        return;
      }
      LockSupport.parkNanos(PAUSE.toNanos());
    }
    throw new TargetException(
        Reason.TargetRefused, "sessions of the role with OID %d do not end".formatted(role));
  }

  /** Tells the sessions of a role to end. */
  static List<String> terminate(Connection connection, long role) throws SQLException {
    return Sql.strings(
        connection,
        "SELECT pg_terminate_backend(pid)::text FROM pg_stat_activity WHERE usesysid = ?::oid",
        String.valueOf(role));
  }

  /**
   * Ends sessions in these databases whose role does not exist any more: a login that passed the
   * check just before it was blocked shows up late, perhaps when whoever removed the role is gone
   * too. Such a session has no name, so it cannot be told whose role it was.
   *
   * <p>Sessions are seen as they are, roles as of the statement's start. So a session is ended only
   * if a second statement, begun after it was seen, knows no role of it either.
   */
  static void endOfVanishedRoles(Connection connection, List<String> databases)
      throws SQLException {
    var seen =
        Sql.rows(
            connection,
            "SELECT pid::text, usesysid::text FROM pg_stat_activity a"
                + " WHERE datname = ANY (?::text[]) AND usesysid IS NOT NULL"
                + " AND NOT EXISTS (SELECT FROM pg_roles r WHERE r.oid = a.usesysid)",
            (Object) databases.toArray(new String[0]));
    for (var session : seen) {
      Sql.strings(
          connection,
          "SELECT pg_terminate_backend(pid)::text FROM pg_stat_activity a"
              + " WHERE pid = ?::int AND usesysid = ?::oid"
              + " AND NOT EXISTS (SELECT FROM pg_roles r WHERE r.oid = a.usesysid)",
          session.get(0),
          session.get(1));
    }
  }
}
