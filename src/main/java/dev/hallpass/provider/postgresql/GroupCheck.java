package dev.hallpass.provider.postgresql;

import dev.hallpass.api.v1alpha1.CredentialProviderSpec.AccessLevel;
import dev.hallpass.provider.TargetException;
import dev.hallpass.wire.Reason;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/**
 * Whether the group roles of a level are fit to be handed out. A member reaches every role that its
 * groups belong to, through however many others, as {@code SET ROLE} takes it there; inheritance is
 * beside the point.
 *
 * <p>A group that can log in is none: a member could set its password, and come back as the group
 * when its own account is gone. Nor is one that may end sessions: Hallpass's own among them.
 */
final class GroupCheck {
  private static final String REACHED =
      """
      WITH RECURSIVE reached(asked, oid) AS (
        SELECT rolname, oid FROM pg_roles WHERE rolname = ANY (?::text[])
        UNION
        SELECT r.asked, m.roleid FROM reached r JOIN pg_auth_members m ON m.member = r.oid)
      SELECT r.asked, g.rolname,
        CASE
          WHEN g.rolsuper THEN 'is a superuser'
          WHEN g.rolcreaterole THEN 'may create roles'
          WHEN g.rolreplication THEN 'may replicate the server'
          WHEN g.rolbypassrls THEN 'bypasses row security'
          WHEN g.rolname = 'pg_signal_backend' THEN 'may end the sessions of others'
          WHEN g.rolcanlogin
            THEN 'can log in, so that a pod could set its password and come back after its lease'
          ELSE 'runs programs or reads and writes files at the server'
        END
      FROM reached r JOIN pg_roles g ON g.oid = r.oid
      WHERE g.rolsuper OR g.rolcreaterole OR g.rolreplication OR g.rolbypassrls OR g.rolcanlogin
        OR g.rolname IN ('pg_execute_server_program', 'pg_read_server_files',
          'pg_write_server_files', 'pg_signal_backend')
      ORDER BY 1, 2
      """;

  private final Connection connection;

  GroupCheck(Connection connection) {
    this.connection = connection;
  }

  /** One query, so that it can be made at each issue. Groups that do not exist are not its task. */
  void check(AccessLevel level, List<String> groups) throws SQLException {
    var found = Sql.rows(connection, REACHED, (Object) groups.toArray(new String[0]));
    if (!found.isEmpty()) {
      throw new TargetException(Reason.GroupRoleUnsafe, message(level, found.getFirst()));
    }
  }

  private static String message(AccessLevel level, List<String> found) {
    var asked = Sql.identifier(found.get(0));
    var reached = Sql.identifier(found.get(1));
    var path = asked.equals(reached) ? "" : " belongs to " + reached + ", which";
    return "spec.access[%s].postgresql.roles: role %s%s %s; offer a NOLOGIN role that has only the grants it needs"
        .formatted(level.name(), asked, path, found.get(2));
  }
}
