package dev.hallpass.e2e;

import static org.awaitility.Awaitility.await;

import dev.hallpass.wire.Secret;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.LocalPortForward;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;

/** PostgreSQL in the cluster, seen from the tests by its superuser through a port-forward. */
public final class Database implements AutoCloseable {
  static final String NAMESPACE = "hallpass-e2e-postgres";
  static final String HOST = "postgres." + NAMESPACE + ".svc";

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration PAUSE = Duration.ofMillis(250);

  private final LocalPortForward forward;
  private final String node;
  private final String superuserPassword;
  private final String adminPassword;

  private Database(
      LocalPortForward forward, String node, String superuserPassword, String adminPassword) {
    this.forward = forward;
    this.node = node;
    this.superuserPassword = superuserPassword;
    this.adminPassword = adminPassword;
  }

  static Database start(KubernetesClient client) {
    var namespace =
        new NamespaceBuilder().withNewMetadata().withName(NAMESPACE).endMetadata().build();
    client.resource(namespace).serverSideApply();
    var existing = client.secrets().inNamespace(NAMESPACE).withName("postgres").get();
    if (existing == null) {
      existing =
          new SecretBuilder()
              .withNewMetadata()
              .withName("postgres")
              .withNamespace(NAMESPACE)
              .endMetadata()
              .addToStringData("password", Secret.random(new SecureRandom()).reveal())
              .build();
      existing = client.resource(existing).create();
    }
    client
        .load(Database.class.getResourceAsStream("/e2e/postgres.yaml"))
        .inNamespace(NAMESPACE)
        .serverSideApply();
    client
        .apps()
        .deployments()
        .inNamespace(NAMESPACE)
        .withName("postgres")
        .waitUntilReady(2, java.util.concurrent.TimeUnit.MINUTES);
    var pod =
        client
            .pods()
            .inNamespace(NAMESPACE)
            .withLabel("app", "postgres")
            .list()
            .getItems()
            .getFirst();
    var forward = client.pods().resource(pod).portForward(5432);
    var password =
        new String(
            java.util.Base64.getDecoder().decode(existing.getData().get("password")),
            java.nio.charset.StandardCharsets.UTF_8);
    var database =
        new Database(
            forward,
            pod.getSpec().getNodeName(),
            password,
            Secret.random(new SecureRandom()).reveal());
    await().atMost(Duration.ofMinutes(1)).ignoreExceptions().until(() -> database.prepare());
    return database;
  }

  /** The least-privileged admin, the group role and the table that the tests read. */
  private boolean prepare() throws SQLException {
    try (var connection = superuser();
        var statement = connection.createStatement()) {
      statement.execute(preparation(adminPassword));
      return true;
    }
  }

  /** SQL that a superuser runs, any number of times, on a server for the tests. */
  static String preparation(String adminPassword) {
    return """
        DO $$ BEGIN
          IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'hallpass_admin') THEN
            CREATE ROLE hallpass_admin LOGIN CREATEROLE;
            CREATE ROLE orders_reader NOLOGIN;
            GRANT pg_signal_backend TO hallpass_admin;
            GRANT orders_reader TO hallpass_admin WITH ADMIN OPTION;
            CREATE TABLE orders (id int PRIMARY KEY, item text NOT NULL);
            INSERT INTO orders SELECT i, 'item ' || i FROM generate_series(1, 42) i;
            GRANT SELECT ON orders TO orders_reader;
          END IF;
        END $$;
        ALTER ROLE hallpass_admin PASSWORD '%s'"""
        .formatted(adminPassword);
  }

  String adminPassword() {
    return adminPassword;
  }

  /** Roles of this name that exist. */
  boolean exists(String role) {
    return !names("SELECT rolname FROM pg_roles WHERE rolname = ?", role).isEmpty();
  }

  /** Backends of this role. */
  int sessions(String role) {
    return names("SELECT pid::text FROM pg_stat_activity WHERE usename = ?", role).size();
  }

  /** The number of this role; empty where there is none. */
  String number(String role) {
    return String.join("", names("SELECT oid::text FROM pg_roles WHERE rolname = ?", role));
  }

  /** Backends of the role of this number: those of one that is gone have no name any more. */
  int sessionsOf(String number) {
    return names("SELECT pid::text FROM pg_stat_activity WHERE usesysid::text = ?", number).size();
  }

  /** Stops every process of the server where it stands, as a broken disk does. */
  void hang() {
    signal("STOP");
  }

  /** Lets them go on. */
  void goOn() {
    signal("CONT");
  }

  private void signal(String name) {
    Host.run(
        "docker",
        "exec",
        node,
        "sh",
        "-c",
        "for p in /proc/[0-9]*; do if [ \"$(cat \"$p/comm\" 2>/dev/null)\" = postgres ]; then kill -%s \"${p#/proc/}\"; fi; done"
            .formatted(name));
  }

  /** Also where a test that was cut off has left it. */
  void createRole(String name) {
    dropRole(name);
    execute("CREATE ROLE " + name + " NOLOGIN");
  }

  void dropRole(String name) {
    execute("DROP ROLE IF EXISTS " + name);
  }

  private void execute(String sql) {
    try (var connection = superuser();
        var statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(sql + ": " + e.getMessage(), e);
    }
  }

  /** All accounts that pods of a namespace were given. */
  List<String> minted(String namespace) {
    return names(
        "SELECT rolname FROM pg_roles WHERE strpos(shobj_description(oid, 'pg_authid'), ?) > 0",
        " holder=" + namespace + "/");
  }

  /** Whether one can log in. */
  public boolean admits(String role, String password) {
    try (var connection = connect(role, password)) {
      return connection.isValid(5);
    } catch (SQLException e) {
      if (refusal(Objects.requireNonNullElse(e.getSQLState(), ""))) {
        return false;
      }
      throw new IllegalStateException("PostgreSQL neither admits nor refuses", e);
    }
  }

  /** Refused by the login, or cut off in the middle of it by a revocation. */
  private static boolean refusal(String state) {
    return state.startsWith("28") || state.equals("57P01");
  }

  private List<String> names(String sql, String argument) {
    try (var connection = superuser();
        var statement = connection.prepareStatement(sql)) {
      statement.setString(1, argument);
      var found = new ArrayList<String>();
      try (var rows = statement.executeQuery()) {
        while (rows.next()) {
          found.add(rows.getString(1));
        }
      }
      return found;
    } catch (SQLException e) {
      throw new IllegalStateException(sql + ": " + e.getMessage(), e);
    }
  }

  private Connection superuser() throws SQLException {
    return connect("postgres", superuserPassword);
  }

  /**
   * Again for a while where the server was not reached at all: a port-forward drops a connection
   * now and then, and a server whose node was killed takes its time.
   */
  private Connection connect(String role, String password) throws SQLException {
    var url =
        "jdbc:postgresql://127.0.0.1:%d/postgres?loginTimeout=10".formatted(forward.getLocalPort());
    var deadline = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      try {
        return DriverManager.getConnection(url, role, password);
      } catch (SQLException e) {
        if (!unreached(e) || System.nanoTime() > deadline) {
          throw e;
        }
        LockSupport.parkNanos(PAUSE.toNanos());
      }
    }
  }

  /** Connection exceptions, and a server that is starting (PostgreSQL, appendix A). */
  private static boolean unreached(SQLException e) {
    var state = Objects.requireNonNullElse(e.getSQLState(), "");
    return state.startsWith("08") || state.equals("57P03");
  }

  @Override
  public void close() {
    try {
      forward.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
