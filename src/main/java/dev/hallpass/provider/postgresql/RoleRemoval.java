package dev.hallpass.provider.postgresql;

import dev.hallpass.provider.Subject;
import dev.hallpass.provider.Target;
import dev.hallpass.provider.TargetException;
import dev.hallpass.wire.Reason;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/**
 * Takes a role away: no login → sessions ended → prepared transactions rolled back → owned objects
 * and grants dropped, in each database → role dropped → verified gone. Each step can be repeated.
 *
 * <p>Dropping a role does not end its sessions, not even where it succeeds (one that did {@code SET
 * ROLE} keeps reading), which is why sessions come first.
 */
final class RoleRemoval {
  private static final Duration RACING = Duration.ofSeconds(10);

  private final Target target;
  private final Pools pools;
  private final PreparedTransactions prepared;

  RoleRemoval(Target target, Pools pools) {
    this.target = target;
    this.pools = pools;
    this.prepared = new PreparedTransactions(target, pools);
  }

  void remove(Subject subject) {
    try (var connection = pools.connect(target)) {
      var oid = oid(connection, subject);
      if (oid.isEmpty()) {
        return;
      }
      blockLogin(connection, subject);
      Sessions.end(connection, oid.get());
      attempt(connection, subject, () -> prepared.rollBack(connection, subject));
      dropOwned(connection, subject);
      change(connection, subject, "DROP ROLE IF EXISTS " + role(subject));
      // A login that passed the check just before it was blocked shows up as a session late.
      Sessions.end(connection, oid.get());
      if (oid(connection, subject).isPresent()) {
        throw new TargetException(
            Reason.TargetRefused, "role " + subject + " exists after it was dropped");
      }
    } catch (SQLException e) {
      throw SqlErrors.explain(target, e);
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
  private void blockLogin(Connection connection, Subject subject) throws SQLException {
    change(
        connection,
        subject,
        () -> {
          RoleRow.alter(connection, subject, "NOLOGIN");
          var comment = RoleComment.read(connection, subject);
          if (comment.isPresent()) {
            Sql.execute(connection, comment.get().revoked().statement(subject));
          }
        });
  }

  private void dropOwned(Connection connection, Subject subject) throws SQLException {
    var databases = OwnedObjects.databases(connection, subject);
    if (databases.isEmpty()) {
      return;
    }
    // Only a member of a role may drop what it owns.
    change(connection, subject, "GRANT %s TO CURRENT_USER".formatted(role(subject)));
    var heir = RoleComment.read(connection, subject).map(RoleComment::heir);
    if (heir.isPresent()) {
      requireHeir(connection, subject, heir.get());
    }
    var objects = new OwnedObjects(target, pools);
    for (var database : databases) {
      attempt(connection, subject, () -> objects.settle(subject, heir.orElse(null), database));
    }
  }

  private static void requireHeir(Connection connection, Subject subject, String heir)
      throws SQLException {
    if (Sql.strings(connection, "SELECT 1 FROM pg_roles WHERE rolname = ?", heir).isEmpty()) {
      throw new TargetException(
          Reason.RemovalBlocked,
          ("role %s is disabled and has no sessions, but the role that its objects go to does not"
                  + " exist any more: CREATE ROLE %s NOLOGIN")
              .formatted(subject, Sql.identifier(heir)));
    }
  }

  private void change(Connection connection, Subject subject, String sql) throws SQLException {
    change(connection, subject, () -> Sql.execute(connection, sql));
  }

  private void change(Connection connection, Subject subject, Sql.Work work) throws SQLException {
    attempt(connection, subject, () -> Sql.transaction(connection, work));
  }

  /**
   * Changes the role, unless another revocation has taken it away meanwhile, and so done all that
   * there is to do. A user can lock its own row (it may change its password) and hold it in an open
   * or a prepared transaction: so those are ended before the next attempt.
   *
   * <p>Of several revocations that change a row at once, PostgreSQL lets one through and fails the
   * others, so how many attempts one of them needs depends on how many they are: time bounds it.
   */
  private void attempt(Connection connection, Subject subject, Sql.Work work) throws SQLException {
    var started = System.nanoTime();
    for (var lost = 0; ; lost++) {
      try {
        if (lost > 0) {
          makeWay(connection, subject);
        }
        work.run();
        return;
      } catch (SQLException e) {
        if (Sql.undefined(e)) {
          return;
        }
        if (!Sql.lostARace(e)) {
          throw e;
        }
        if (oid(connection, subject).isEmpty()) {
          return;
        }
        if (System.nanoTime() - started > RACING.toNanos()) {
          throw e;
        }
      }
      LockSupport.parkNanos(Sessions.PAUSE.toNanos());
    }
  }

  private void makeWay(Connection connection, Subject subject) throws SQLException {
    var oid = oid(connection, subject);
    if (oid.isPresent()) {
      Sessions.terminate(connection, oid.get());
      prepared.rollBack(connection, subject);
    }
  }

  private static String role(Subject subject) {
    return Sql.identifier(subject.name());
  }
}
