package dev.hallpass.provider.postgresql;

import dev.hallpass.provider.Subject;
import dev.hallpass.provider.Target;
import dev.hallpass.provider.TargetException;
import dev.hallpass.wire.Reason;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/**
 * Takes a role away: no login → sessions ended → owned objects and grants dropped, in each database
 * → role dropped → verified gone. Each step can be repeated.
 *
 * <p>Dropping a role does not end its sessions, not even where it succeeds (one that did {@code SET
 * ROLE} keeps reading), which is why sessions come first.
 */
final class RoleRemoval {
  private static final String UNDEFINED_OBJECT = "42704";
  private static final Duration PAUSE = Duration.ofMillis(25);
  private static final int ATTEMPTS = 200;
  private static final Duration RACING = Duration.ofSeconds(10);

  private final Target target;
  private final Pools pools;

  RoleRemoval(Target target, Pools pools) {
    this.target = target;
    this.pools = pools;
  }

  void remove(Subject subject) {
    try (var connection = pools.connect(target)) {
      var oid = oid(connection, subject);
      if (oid.isEmpty()) {
        return;
      }
      blockLogin(connection, subject);
      endSessions(connection, subject, oid.get());
      dropOwned(connection, subject);
      dropRole(connection, subject);
      // A login that passed the check just before it was blocked shows up as a session late.
      endSessions(connection, subject, oid.get());
      if (oid(connection, subject).isPresent()) {
        throw new TargetException(
            Reason.TargetRefused, "role " + subject + " exists after it was dropped");
      }
    } catch (SQLException e) {
      throw SqlErrors.explain(e);
    }
  }

  private static Optional<Long> oid(Connection connection, Subject subject) throws SQLException {
    return Sql.strings(
            connection, "SELECT oid::text FROM pg_roles WHERE rolname = ?", subject.name())
        .stream()
        .findFirst()
        .map(Long::valueOf);
  }

  /** In one transaction with the fence: a broker that stalled must not enable the login again. */
  private static void blockLogin(Connection connection, Subject subject) throws SQLException {
    change(
        connection,
        subject,
        () -> {
          Sql.execute(connection, "ALTER ROLE %s NOLOGIN".formatted(role(subject)));
          RoleComment.revoked().write(connection, subject);
        });
  }

  /** By the role's OID, which sessions keep when the role is gone. */
  private static void endSessions(Connection connection, Subject subject, long oid)
      throws SQLException {
    for (var attempt = 0; attempt < ATTEMPTS; attempt++) {
      var live = terminate(connection, oid);
      if (live.isEmpty()) {
        return;
      }
      LockSupport.parkNanos(PAUSE.toNanos());
    }
    throw new TargetException(
        Reason.TargetRefused, "sessions of role %s do not end".formatted(subject));
  }

  private static List<String> terminate(Connection connection, long oid) throws SQLException {
    return Sql.strings(
        connection,
        "SELECT pg_terminate_backend(pid)::text FROM pg_stat_activity WHERE usesysid = ?::oid",
        String.valueOf(oid));
  }

  /** Objects the role owns, and grants made to it, keep it from being dropped. */
  private void dropOwned(Connection connection, Subject subject) throws SQLException {
    var databases =
        Sql.strings(
            connection,
            "SELECT DISTINCT coalesce(d.datname, current_database()) FROM pg_shdepend s"
                + " JOIN pg_roles r ON s.refclassid = 'pg_authid'::regclass"
                + " AND s.refobjid = r.oid LEFT JOIN pg_database d ON d.oid = s.dbid"
                + " WHERE r.rolname = ? AND s.classid <> 'pg_auth_members'::regclass",
            subject.name());
    if (databases.isEmpty()) {
      return;
    }
    // Only a member of a role may drop what it owns.
    change(connection, subject, "GRANT %s TO CURRENT_USER".formatted(role(subject)));
    for (var database : databases) {
      try (var there = pools.connectOnce(target, database)) {
        change(there, subject, "DROP OWNED BY " + role(subject));
      }
    }
  }

  private static void dropRole(Connection connection, Subject subject) throws SQLException {
    change(connection, subject, "DROP ROLE IF EXISTS " + role(subject));
  }

  private static void change(Connection connection, Subject subject, String sql)
      throws SQLException {
    change(connection, subject, () -> Sql.execute(connection, sql));
  }

  /**
   * Changes the role, unless another revocation has taken it away meanwhile. A user can lock its
   * own row (it may change its password) and hold it in an open transaction: so its sessions are
   * ended before the next attempt.
   *
   * <p>Of several revocations that change a row at once, PostgreSQL lets one through and fails the
   * others, so how many attempts one of them needs depends on how many they are: time bounds it.
   */
  private static void change(Connection connection, Subject subject, Sql.Work work)
      throws SQLException {
    var started = System.nanoTime();
    while (true) {
      try {
        Sql.transaction(connection, work);
        return;
      } catch (SQLException e) {
        if (UNDEFINED_OBJECT.equals(e.getSQLState())) {
          return;
        }
        if (!Sql.lostARace(e) || System.nanoTime() - started > RACING.toNanos()) {
          throw e;
        }
      }
      var oid = oid(connection, subject);
      if (oid.isEmpty()) {
        return;
      }
      terminate(connection, oid.get());
      LockSupport.parkNanos(PAUSE.toNanos());
    }
  }

  private static String role(Subject subject) {
    return Sql.identifier(subject.name());
  }
}
