package dev.hallpass.provider.postgresql;

import dev.hallpass.api.v1alpha1.CredentialProviderSpec.AccessLevel;
import dev.hallpass.api.v1alpha1.PostgreSqlAccess;
import dev.hallpass.provider.TargetException;
import dev.hallpass.wire.Reason;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Whether the roles of a level are fit to be handed out. A member reaches every role that its
 * groups belong to, through however many others, as {@code SET ROLE} takes it there; inheritance is
 * beside the point.
 *
 * <p>A group that can log in is none: a member could set its password, and come back as the group
 * when its own account is gone. Nor is one that may end sessions: Hallpass's own among them.
 */
final class GroupCheck {
  private static final String CAN_LOGIN =
      "can log in, so that a pod could set its password and come back after its lease";

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
          WHEN g.rolcanlogin THEN ?
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

  private record Unsafe(String asked, String reached, String why) {}

  /**
   * Refuses unsafe group roles, and an unsafe role to leave objects to: what a pod created then
   * runs with its rights. One query each, so that it can be made at each issue. Roles that do not
   * exist are not its task.
   */
  void check(AccessLevel level, PostgreSqlAccess access) throws SQLException {
    var field = "spec.access[%s].postgresql.".formatted(level.name());
    refuse(
        field + "roles: ",
        unsafe(access.roles(), found -> true),
        "offer a NOLOGIN role that has only the grants it needs");
    var heir = access.reassignTo();
    if (heir != null) {
      // No pod is a member of it, so it may log in.
      refuse(
          field + "reassignTo: ",
          unsafe(List.of(heir), found -> !CAN_LOGIN.equals(found.why())),
          "name a role that has no more than the application's own rights");
    }
  }

  private Optional<Unsafe> unsafe(List<String> roles, Predicate<Unsafe> counts)
      throws SQLException {
    return Sql.rows(connection, REACHED, roles.toArray(new String[0]), CAN_LOGIN).stream()
        .map(row -> new Unsafe(row.get(0), row.get(1), row.get(2)))
        .filter(counts)
        .findFirst();
  }

  private static void refuse(String field, Optional<Unsafe> unsafe, String advice) {
    unsafe.ifPresent(
        found -> {
          var asked = Sql.identifier(found.asked());
          var reached = Sql.identifier(found.reached());
          var path = asked.equals(reached) ? "" : " belongs to " + reached + ", which";
          throw new TargetException(
              Reason.GroupRoleUnsafe,
              "%srole %s%s %s; %s".formatted(field, asked, path, found.why(), advice));
        });
  }
}
