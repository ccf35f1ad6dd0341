package dev.hallpass.provider.postgresql;

import dev.hallpass.api.v1alpha1.PostgreSqlAccess;
import dev.hallpass.provider.Grant;
import dev.hallpass.provider.Subject;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The comment on a minted role, {@code hallpass epoch=<n> [heir=<role>] holder=<namespace>/<pod>}.
 * Comments on roles are transactional: reading the epoch and changing the role in one transaction
 * fences off a broker that was overtaken.
 *
 * @param epoch the issue that the role's password belongs to
 * @param heir the role that gets what this one owns; null where that is dropped. It is written down
 *     here so that nothing is dropped because its access level went first
 * @param holder who holds it, for people who look at the server
 */
record RoleComment(long epoch, @Nullable String heir, String holder) {
  private static final Pattern FORMAT =
      Pattern.compile("hallpass epoch=([0-9]{1,18}) (?:heir=(\\S+) )?holder=(.*)");
  private static final long NEVER_OVERTAKEN = 999_999_999_999_999_999L;

  static RoleComment of(Grant grant, PostgreSqlAccess access) {
    return new RoleComment(grant.epoch(), access.reassignTo(), grant.holder().toString());
  }

  /** Of a role that is being removed: no epoch is later, so nothing is enabled any more. */
  RoleComment revoked() {
    return new RoleComment(NEVER_OVERTAKEN, heir, "nobody: being removed");
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

  /** What the text of a comment says. */
  static RoleComment parse(String text) {
    var match = FORMAT.matcher(text);
    if (!match.matches()) {
      return new RoleComment(0, null, "");
    }
    var heir = match.group(2);
    return new RoleComment(
        Long.parseLong(match.group(1)),
        heir == null ? null : URLDecoder.decode(heir, StandardCharsets.UTF_8),
        match.group(3));
  }

  /** What writes it. */
  String statement(Subject subject) {
    var inherits = heir == null ? "" : "heir=%s ".formatted(encoded(heir));
    return "COMMENT ON ROLE %s IS %s"
        .formatted(
            Sql.identifier(subject.name()),
            Sql.literal("hallpass epoch=%d %sholder=%s".formatted(epoch, inherits, holder)));
  }

  private static String encoded(String role) {
    return URLEncoder.encode(role, StandardCharsets.UTF_8);
  }
}
