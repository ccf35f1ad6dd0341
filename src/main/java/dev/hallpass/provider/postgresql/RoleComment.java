package dev.hallpass.provider.postgresql;

import dev.hallpass.provider.Grant;
import dev.hallpass.provider.Subject;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The comment on a minted role, {@code hallpass epoch=<n> holder=<namespace>/<pod>}. Comments on
 * roles are transactional: reading the epoch and changing the role in one transaction fences off a
 * broker that was overtaken.
 *
 * @param epoch the issue that the role's password belongs to
 * @param holder who holds it, for people who look at the server
 */
record RoleComment(long epoch, String holder) {
  private static final Pattern FORMAT = Pattern.compile("hallpass epoch=([0-9]{1,18}) holder=(.*)");

  /** Of a role that is being removed: no epoch is later, so nothing is enabled any more. */
  static RoleComment revoked() {
    return new RoleComment(999_999_999_999_999_999L, "nobody: being removed");
  }

  static RoleComment of(Grant grant) {
    return new RoleComment(grant.epoch(), grant.holder());
  }

  /**
   * The comment of a role; empty where there is no such role. A role whose comment was edited by
   * hand counts as epoch 0, so that it can be issued anew but not activated.
   */
  static Optional<RoleComment> read(Connection connection, Subject subject) throws SQLException {
    return Sql.strings(
            connection,
            "SELECT coalesce(shobj_description(oid, 'pg_authid'), '') FROM pg_roles"
                + " WHERE rolname = ?",
            subject.name())
        .stream()
        .findFirst()
        .map(RoleComment::parse);
  }

  private static RoleComment parse(String text) {
    var match = FORMAT.matcher(text);
    return match.matches()
        ? new RoleComment(Long.parseLong(match.group(1)), match.group(2))
        : new RoleComment(0, "");
  }

  void write(Connection connection, Subject subject) throws SQLException {
    Sql.execute(
        connection,
        "COMMENT ON ROLE %s IS %s"
            .formatted(
                Sql.identifier(subject.name()),
                Sql.literal("hallpass epoch=%d holder=%s".formatted(epoch, holder))));
  }
}
