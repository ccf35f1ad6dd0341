package dev.hallpass.provider.postgresql;

import dev.hallpass.provider.Subject;
import dev.hallpass.provider.Target;
import dev.hallpass.provider.TargetException;
import dev.hallpass.wire.Reason;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a role owns and was granted, in whatever database; it keeps the role from being dropped. */
final class OwnedObjects {
  private static final int ATTEMPTS = 2;

  private final Target target;
  private final Pools pools;

  OwnedObjects(Target target, Pools pools) {
    this.target = target;
    this.pools = pools;
  }

  /** The databases where the role owns something or was granted something. */
  static List<String> databases(Connection connection, Subject subject) throws SQLException {
    return Sql.strings(
        connection,
        "SELECT DISTINCT coalesce(d.datname, current_database()) FROM pg_shdepend s"
            + " JOIN pg_roles r ON s.refclassid = 'pg_authid'::regclass"
            + " AND s.refobjid = r.oid LEFT JOIN pg_database d ON d.oid = s.dbid"
            + " WHERE r.rolname = ? AND s.classid <> 'pg_auth_members'::regclass",
        subject.name());
  }

  /**
   * Drops them in one database, or gives the objects to the heir and drops the grants. The role has
   * no sessions any more, so whoever holds a lock on them is somebody else, whose work is not
   * ended; a waiting request blocks others, so it is not made often.
   */
  void settle(Subject subject, @Nullable String heir, String database) throws SQLException {
    var role = Sql.identifier(subject.name());
    var drop = "DROP OWNED BY " + role;
    var sql =
        heir == null
            ? drop
            : "REASSIGN OWNED BY %s TO %s; %s".formatted(role, Sql.identifier(heir), drop);
    try (var there = pools.connectOnce(target, database)) {
      for (var attempt = 1; ; attempt++) {
        try {
          Sql.transaction(there, () -> Sql.execute(there, sql));
          return;
        } catch (SQLException e) {
          if (!Sql.lockedOut(e)) {
            throw e;
          }
          if (attempt == ATTEMPTS) {
            throw locked(there, subject, database);
          }
        }
      }
    }
  }

  private static TargetException locked(Connection there, Subject subject, String database)
      throws SQLException {
    var holders =
        Sql.strings(
            there,
            "SELECT DISTINCT format('%s with pid %s', a.usename, a.pid) FROM pg_locks l"
                + " JOIN pg_stat_activity a ON a.pid = l.pid"
                + " JOIN pg_class c ON c.oid = l.relation JOIN pg_roles r ON r.oid = c.relowner"
                + " JOIN pg_database d ON d.oid = l.database"
                + " WHERE l.granted AND r.rolname = ? AND d.datname = current_database()"
                + " AND l.pid <> pg_backend_pid() LIMIT 5",
            subject.name());
    return new TargetException(
        Reason.RemovalBlocked,
        ("role %s is disabled and has no sessions, but what it owns in database %s is locked by"
                + " others (%s); it is removed when they are done")
            .formatted(subject, database, String.join(", ", holders)));
  }
}
