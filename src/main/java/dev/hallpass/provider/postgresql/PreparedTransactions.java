package dev.hallpass.provider.postgresql;

import dev.hallpass.provider.Subject;
import dev.hallpass.provider.Target;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * Transactions that a role prepared for a two-phase commit. They outlive its sessions, hold their
 * locks, and when the role is gone only a superuser can end them.
 */
final class PreparedTransactions {
  private static final String UNDEFINED_OBJECT = "42704";

  private final Target target;
  private final Pools pools;

  PreparedTransactions(Target target, Pools pools) {
    this.target = target;
    this.pools = pools;
  }

  /** Rolls them back, each in its own database, and as the role, as PostgreSQL demands. */
  void rollBack(Connection connection, Subject subject) throws SQLException {
    var role = Sql.identifier(subject.name());
    var prepared =
        Sql.rows(
            connection,
            "SELECT gid, database FROM pg_prepared_xacts WHERE owner = ?",
            subject.name());
    if (prepared.isEmpty()) {
      return;
    }
    Sql.execute(connection, "GRANT %s TO CURRENT_USER".formatted(role));
    for (var transaction : prepared) {
      try (var there = pools.connectOnce(target, transaction.get(1))) {
        Sql.execute(there, "SET ROLE " + role);
        rollBack(there, transaction.get(0));
      }
    }
  }

  private static void rollBack(Connection there, String id) throws SQLException {
    try {
      Sql.execute(there, "ROLLBACK PREPARED " + Sql.literal(id));
    } catch (SQLException e) {
      // Somebody else, who revokes the same account, was faster.
      if (!UNDEFINED_OBJECT.equals(e.getSQLState())) {
        throw e;
      }
    }
  }
}
