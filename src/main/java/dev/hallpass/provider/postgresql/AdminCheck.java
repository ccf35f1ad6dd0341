package dev.hallpass.provider.postgresql;

import dev.hallpass.api.v1alpha1.CredentialProviderSpec;
import dev.hallpass.api.v1alpha1.CredentialProviderSpec.AccessLevel;
import dev.hallpass.provider.TargetException;
import dev.hallpass.wire.Reason;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * Whether the admin role may do what Hallpass needs; the message is the statement that mends it.
 */
final class AdminCheck {
  private final Connection connection;

  AdminCheck(Connection connection) {
    this.connection = connection;
  }

  void check(CredentialProviderSpec spec) throws SQLException {
    var admin = Sql.strings(connection, "SELECT current_user").getFirst();
    if (!holds("SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user")) {
      throw refused(
          "the admin role misses CREATEROLE: ALTER ROLE %s CREATEROLE"
              .formatted(Sql.identifier(admin)));
    }
    if (!holds("SELECT pg_has_role('pg_signal_backend', 'USAGE')")) {
      throw refused(
          "the admin role may not end sessions: GRANT pg_signal_backend TO %s"
              .formatted(Sql.identifier(admin)));
    }
    for (var level : spec.access()) {
      groups(level, admin);
    }
  }

  private void groups(AccessLevel level, String admin) throws SQLException {
    if (level.postgresql() == null) {
      return;
    }
    new GroupCheck(connection).check(level, level.postgresql());
    for (var group : level.postgresql().roles()) {
      var field = "spec.access[%s].postgresql.roles: ".formatted(level.name());
      if (Sql.strings(connection, "SELECT 1 FROM pg_roles WHERE rolname = ?", group).isEmpty()) {
        throw refused(
            field
                + "there is no role %s: CREATE ROLE %<s NOLOGIN".formatted(Sql.identifier(group)));
      }
      if (!mayGrant(group)) {
        throw refused(
            field
                + "the admin role may not grant %s: GRANT %<s TO %s WITH ADMIN OPTION"
                    .formatted(Sql.identifier(group), Sql.identifier(admin)));
      }
    }
    if (level.postgresql().reassignTo() != null) {
      heir(level, level.postgresql().reassignTo(), admin);
    }
  }

  private void heir(AccessLevel level, String heir, String admin) throws SQLException {
    var field = "spec.access[%s].postgresql.reassignTo: ".formatted(level.name());
    if (Sql.strings(connection, "SELECT 1 FROM pg_roles WHERE rolname = ?", heir).isEmpty()) {
      throw refused(
          field + "there is no role %s: CREATE ROLE %<s NOLOGIN".formatted(Sql.identifier(heir)));
    }
    if (!holds("SELECT pg_has_role(?, 'USAGE')", heir)) {
      throw refused(
          field
              + "the admin role may not give objects to %s: GRANT %<s TO %s"
                  .formatted(Sql.identifier(heir), Sql.identifier(admin)));
    }
  }

  /** CREATEROLE alone suffices up to PostgreSQL 15. */
  private boolean mayGrant(String group) throws SQLException {
    return holds("SELECT current_setting('server_version_num')::int < 160000")
        || holds("SELECT pg_has_role(?, 'USAGE WITH ADMIN OPTION')", group);
  }

  private boolean holds(String sql, Object... arguments) throws SQLException {
    return Sql.holds(connection, sql, arguments);
  }

  private static TargetException refused(String message) {
    return new TargetException(Reason.TargetRefused, message);
  }
}
