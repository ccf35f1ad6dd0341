package dev.hallpass.provider.postgresql;

import dev.hallpass.api.v1alpha1.PostgreSqlAccess;
import dev.hallpass.provider.Subject;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What sessions of a minted role begin with, as its level says. */
final class RoleSettings {
  private RoleSettings() {}

  /** What settles them; of a role that existed, what its holder set is undone. */
  static List<String> statements(Subject subject, PostgreSqlAccess access) {
    var alter = "ALTER ROLE " + Sql.identifier(subject.name());
    var statements = new ArrayList<String>();
    statements.add(alter + " RESET ALL");
    assignments(access).forEach(a -> statements.add(alter + " SET " + a));
    return statements;
  }

  private static List<String> assignments(PostgreSqlAccess access) {
    var found = new ArrayList<String>();
    var path = access.searchPath();
    if (path != null && !path.isEmpty()) {
      found.add(
          "search_path = " + path.stream().map(Sql::identifier).collect(Collectors.joining(", ")));
    }
    var timeouts = access.timeouts();
    if (timeouts != null) {
      add(found, "statement_timeout", timeouts.statement());
      add(found, "lock_timeout", timeouts.lock());
      add(found, "idle_in_transaction_session_timeout", timeouts.idleInTransaction());
    }
    return found;
  }

  private static void add(List<String> assignments, String name, @Nullable String value) {
    if (value != null) {
      assignments.add(name + " = " + Sql.literal(value));
    }
  }
}
