package dev.hallpass.provider.postgresql;

import dev.hallpass.provider.Grant;
import dev.hallpass.provider.Subject;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * A minted role's row in the catalog. The role itself can lock it, by a change of its password, for
 * as long as it keeps the transaction open. The connections of a target are few and all pods', so
 * whoever waits for that row waits a moment only.
 */
final class RoleRow {
  private RoleRow() {}

  /**
   * Changes it inside a transaction, and so locks it until that ends.
   *
   * @param attributes what {@code ALTER ROLE} sets
   */
  static void alter(Connection connection, Subject subject, String attributes) throws SQLException {
    Sql.execute(
        connection,
        "SET LOCAL lock_timeout = '200ms'; ALTER ROLE %s %s; RESET lock_timeout"
            .formatted(Sql.identifier(subject.name()), attributes));
  }

  /**
   * Whether the role has its login, at this epoch and until then exactly. It is one statement, and
   * waits for nobody: the answer was true at one moment.
   */
  static boolean enabled(Connection connection, Grant grant) throws SQLException {
    return Sql.rows(
            connection,
            "SELECT shobj_description(oid, 'pg_authid') FROM pg_roles WHERE rolname = ?"
                + " AND rolcanlogin AND rolvaliduntil = ?::timestamptz",
            grant.subject().name(),
            grant.expiresAt().toString())
        .stream()
        .anyMatch(row -> RoleComment.parse(row.getFirst()).epoch() == grant.epoch());
  }
}
