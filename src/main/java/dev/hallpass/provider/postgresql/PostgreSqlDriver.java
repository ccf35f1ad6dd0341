package dev.hallpass.provider.postgresql;

import dev.hallpass.api.v1alpha1.CredentialProviderSpec;
import dev.hallpass.api.v1alpha1.Delivery;
import dev.hallpass.api.v1alpha1.PostgreSql;
import dev.hallpass.api.v1alpha1.PostgreSqlAccess;
import dev.hallpass.provider.Fields;
import dev.hallpass.provider.Grant;
import dev.hallpass.provider.Material;
import dev.hallpass.provider.Renewal;
import dev.hallpass.provider.Subject;
import dev.hallpass.provider.Target;
import dev.hallpass.provider.TargetDriver;
import dev.hallpass.provider.TargetException;
import dev.hallpass.wire.Reason;
import dev.hallpass.wire.Secret;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * PostgreSQL 13 and later: each lease is a login role that joins the group roles of its access
 * level and has no grant of its own.
 *
 * <p>All changes to a role happen under the lock on its own row, and only where the epoch in the
 * role's comment allows it: see {@link RoleComment}.
 */
public final class PostgreSqlDriver implements TargetDriver {
  /** Of one account at once. */
  private final SecureRandom random;

  private final Pools pools;

  /** Draws passwords and salts from this source. */
  public PostgreSqlDriver(SecureRandom random) {
    this(random, InstantSource.system());
  }

  PostgreSqlDriver(SecureRandom random, InstantSource clock) {
    this.random = random;
    this.pools = new Pools(clock);
  }

  @Override
  public boolean serves(CredentialProviderSpec spec) {
    return spec.postgresql() != null;
  }

  @Override
  public Renewal renewal() {
    return Renewal.Extend;
  }

  @Override
  public Set<Delivery.Format> formats() {
    return EnumSet.of(
        Delivery.Format.Env,
        Delivery.Format.Json,
        Delivery.Format.Properties,
        Delivery.Format.Yaml,
        Delivery.Format.Template,
        Delivery.Format.PgPass,
        Delivery.Format.PgService);
  }

  @Override
  public Fields fields(CredentialProviderSpec spec) {
    return PodCredential.fields(server(spec));
  }

  @Override
  public String address(CredentialProviderSpec spec) {
    var server = server(spec);
    return "postgresql://%s/%s".formatted(Servers.of(server).authority(), server.database());
  }

  @Override
  public Material issue(Target target, Grant grant) {
    var password = Secret.random(random);
    var iterations = server(target.spec()).passwordIterations();
    var verifier =
        ScramVerifier.of(
            password, iterations == null ? ScramVerifier.DEFAULT_ITERATIONS : iterations, random);
    var attributes =
        " NOLOGIN PASSWORD %s VALID UNTIL %s"
            .formatted(Sql.literal(verifier), Sql.literal(grant.expiresAt().toString()));
    transaction(
        target,
        connection -> {
          var found = locked(connection, grant.subject());
          if (found.isEmpty()) {
            checkGroups(connection, grant);
            settle(connection, grant, create(grant) + attributes + groups(grant));
          } else {
            fence(found.get().epoch() > grant.epoch(), grant);
            alignGroups(connection, grant);
            settle(connection, grant, "ALTER ROLE " + role(grant) + attributes);
          }
        });
    return PodCredential.of(server(target.spec()), access(grant), grant.subject(), password);
  }

  /** The statement, and what a role has besides attributes and groups, in one round trip. */
  private static void settle(Connection connection, Grant grant, String statement)
      throws SQLException {
    var statements = new ArrayList<String>();
    statements.add(statement);
    statements.addAll(RoleSettings.statements(grant.subject(), access(grant)));
    statements.add(RoleComment.of(grant, access(grant)).statement(grant.subject()));
    Sql.execute(connection, String.join("; ", statements));
  }

  @Override
  public void activate(Target target, Grant grant) {
    transaction(
        target,
        connection -> {
          // A repeated call changes nothing, and must not wait for a row that its user has locked.
          if (!RoleRow.enabled(connection, grant)) {
            alter(connection, grant, "LOGIN VALID UNTIL ");
          }
        });
  }

  @Override
  public void renew(Target target, Grant grant) {
    transaction(target, connection -> alter(connection, grant, "VALID UNTIL "));
  }

  private static void alter(Connection connection, Grant grant, String attributes)
      throws SQLException {
    var found = lock(connection, grant.subject());
    fence(found.epoch() != grant.epoch(), grant);
    Sql.execute(
        connection,
        "ALTER ROLE %s %s%s"
            .formatted(role(grant), attributes, Sql.literal(grant.expiresAt().toString())));
    alignGroups(connection, grant);
  }

  /** What a group reaches can change at any time, so what the probe saw is not enough. */
  private static void checkGroups(Connection connection, Grant grant) throws SQLException {
    new GroupCheck(connection).check(grant.level(), access(grant));
  }

  /** The level may name other group roles than when the account was made. */
  private static void alignGroups(Connection connection, Grant grant) throws SQLException {
    checkGroups(connection, grant);
    var wanted = access(grant).roles();
    var held =
        Sql.strings(
            connection,
            "SELECT g.rolname FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid"
                + " JOIN pg_roles r ON r.oid = m.member WHERE r.rolname = ?",
            grant.subject().name());
    for (var group : held) {
      if (!wanted.contains(group)) {
        Sql.execute(connection, "REVOKE %s FROM %s".formatted(Sql.identifier(group), role(grant)));
      }
    }
    for (var group : wanted) {
      if (!held.contains(group)) {
        Sql.execute(connection, "GRANT %s TO %s".formatted(Sql.identifier(group), role(grant)));
      }
    }
  }

  @Override
  public void revoke(Target target, Subject subject) {
    new RoleRemoval(target, pools).remove(subject);
  }

  @Override
  public List<Subject> inventory(Target target, String installation) {
    try (var connection = pools.connect(target)) {
      Sessions.endOfVanishedRoles(connection, databases(target));
      return Sql.strings(
              connection,
              "SELECT rolname FROM pg_roles WHERE starts_with(rolname, ?)",
              Subject.prefix(installation))
          .stream()
          .map(name -> Subject.parse(installation, name))
          .flatMap(Optional::stream)
          .toList();
    } catch (SQLException e) {
      throw SqlErrors.explain(target, e);
    }
  }

  @Override
  public void probe(Target target) {
    try (var connection = pools.connect(target)) {
      new AdminCheck(connection).check(target.spec());
    } catch (SQLException e) {
      throw SqlErrors.explain(target, e);
    }
    for (var database : further(target)) {
      probe(target, database);
    }
  }

  private void probe(Target target, String database) {
    try (var there = pools.connectOnce(target, database)) {
      Sql.execute(there, "SELECT 1");
    } catch (SQLException e) {
      var explained = SqlErrors.explain(target, e);
      throw new TargetException(
          explained.reason(),
          "spec.postgresql.databases[%s]: %s".formatted(database, explained.getMessage()),
          e);
    }
  }

  private static List<String> databases(Target target) {
    return Stream.concat(Stream.of(server(target.spec()).database()), further(target).stream())
        .toList();
  }

  private static List<String> further(Target target) {
    return Objects.requireNonNullElse(server(target.spec()).databases(), List.of());
  }

  @Override
  public void close() {
    pools.close();
  }

  /** What is done to a role inside one transaction. */
  @FunctionalInterface
  private interface Change {
    void apply(Connection connection) throws SQLException;
  }

  private void transaction(Target target, Change change) {
    try (var connection = pools.connect(target)) {
      Sql.transaction(connection, () -> change.apply(connection));
    } catch (SQLException e) {
      throw SqlErrors.explain(target, e);
    }
  }

  /**
   * The comment of a role that exists, which nobody changes until this transaction ends.
   *
   * <p>What several processes do to one role is serialised on its own row, which nobody but they
   * and the role itself can lock; advisory locks are open to every user of a database. The role
   * inherits anyway: to say so again changes nothing but the row.
   */
  private static Optional<RoleComment> locked(Connection connection, Subject subject)
      throws SQLException {
    return RoleComment.read(connection, subject).isEmpty()
        ? Optional.empty()
        : Optional.of(lock(connection, subject));
  }

  private static RoleComment lock(Connection connection, Subject subject) throws SQLException {
    try {
      RoleRow.alter(connection, subject, "INHERIT");
    } catch (SQLException e) {
      if (Sql.undefined(e)) {
        throw gone(subject);
      }
      throw e;
    }
    return RoleComment.read(connection, subject).orElseThrow(() -> gone(subject));
  }

  private static TargetException gone(Subject subject) {
    return new TargetException(Reason.LeaseEnded, "role " + subject + " is gone");
  }

  private static void fence(boolean late, Grant grant) {
    if (late) {
      throw new TargetException(
          Reason.Superseded,
          "role %s has another epoch than %d".formatted(grant.subject(), grant.epoch()));
    }
  }

  private static String create(Grant grant) {
    return "CREATE ROLE "
        + role(grant)
        + " NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS INHERIT CONNECTION LIMIT "
        + access(grant).connectionLimitOrDefault();
  }

  private static String groups(Grant grant) {
    return " IN ROLE "
        + String.join(", ", access(grant).roles().stream().map(Sql::identifier).toList());
  }

  private static PostgreSqlAccess access(Grant grant) {
    return Objects.requireNonNull(grant.level().postgresql(), "schema: access.postgresql");
  }

  private static String role(Grant grant) {
    return Sql.identifier(grant.subject().name());
  }

  private static PostgreSql server(CredentialProviderSpec spec) {
    return Objects.requireNonNull(spec.postgresql(), "not a PostgreSQL provider");
  }
}
