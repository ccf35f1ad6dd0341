package dev.hallpass.provider.postgresql;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.postgresql.util.PSQLException;

/** SQL over JDBC. DDL takes no parameters, so what goes into it is quoted here. */
final class Sql {
  private static final String LOCK_NOT_AVAILABLE = "55P03";
  private static final String UNDEFINED_OBJECT = "42704";
  private static final String INTERNAL_ERROR = "XX000";
  private static final Set<String> RACES = Set.of(LOCK_NOT_AVAILABLE, "40P01", "42710", "23505");

  /**
   * The server's functions that say "tuple concurrently updated" or "deleted", or, in PostgreSQL 16
   * and later, "could not find tuple for role" that somebody else dropped just now. None has a
   * SQLSTATE of its own. Unlike the words, a function's name is in no language.
   */
  private static final Set<String> ROW_CHANGED =
      Set.of("simple_heap_update", "simple_heap_delete", "DropRole");

  private Sql() {}

  /** A quoted identifier (PostgreSQL, "Identifiers and Key Words"). */
  static String identifier(String name) {
    return quote(name, '"');
  }

  /** A quoted literal; backslashes mean themselves, as standard_conforming_strings is on. */
  static String literal(String text) {
    return quote(text, '\'');
  }

  private static String quote(String text, char mark) {
    if (text.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("PostgreSQL takes no NUL");
    }
    var once = String.valueOf(mark);
    return once + text.replace(once, once + once) + once;
  }

  static void execute(Connection connection, String sql) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** The first column of each row. */
  static List<String> strings(Connection connection, String sql, Object... arguments)
      throws SQLException {
    return rows(connection, sql, arguments).stream().map(List::getFirst).toList();
  }

  /** The columns of each row as text; null is empty. */
  static List<List<String>> rows(Connection connection, String sql, Object... arguments)
      throws SQLException {
    try (var statement = connection.prepareStatement(sql)) {
      for (var i = 0; i < arguments.length; i++) {
        statement.setObject(i + 1, arguments[i]);
      }
      var found = new ArrayList<List<String>>();
      try (var rows = statement.executeQuery()) {
        var columns = rows.getMetaData().getColumnCount();
        while (rows.next()) {
          var row = new ArrayList<String>(columns);
          for (var i = 1; i <= columns; i++) {
            var text = rows.getString(i);
            row.add(text == null ? "" : text);
          }
          found.add(row);
        }
      }
      return found;
    }
  }

  static boolean holds(Connection connection, String sql, Object... arguments) throws SQLException {
    return strings(connection, sql, arguments).contains("t");
  }

  /**
   * Whether a statement failed for what another transaction did meanwhile: a row of the catalog
   * changed under it, a lock that was not to be had, a deadlock, a role made by somebody else.
   */
  static boolean lostARace(SQLException e) {
    return RACES.contains(String.valueOf(e.getSQLState())) || rowChanged(e);
  }

  /** Whether a statement names a role that does not exist. */
  static boolean undefined(SQLException e) {
    return UNDEFINED_OBJECT.equals(e.getSQLState());
  }

  /** Whether a lock was not to be had in time. */
  static boolean lockedOut(SQLException e) {
    return LOCK_NOT_AVAILABLE.equals(e.getSQLState());
  }

  private static boolean rowChanged(SQLException e) {
    return INTERNAL_ERROR.equals(e.getSQLState())
        && e instanceof PSQLException p
        && p.getServerErrorMessage() != null
        && ROW_CHANGED.contains(String.valueOf(p.getServerErrorMessage().getRoutine()));
  }

  /** Statements that belong together. */
  @FunctionalInterface
  interface Work {
    void run() throws SQLException;
  }

  /** Commits what the work did, or nothing of it. */
  static void transaction(Connection connection, Work work) throws SQLException {
    connection.setAutoCommit(false);
    var done = false;
    try {
      work.run();
      connection.commit();
      done = true;
    } finally {
      if (!done) {
        connection.rollback();
      }
      connection.setAutoCommit(true);
    }
  }
}
