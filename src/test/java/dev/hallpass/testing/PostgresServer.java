package dev.hallpass.testing;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * A real PostgreSQL on loopback with SCRAM logins, from the system's own binaries, or from the
 * folder that the environment variable {@code HALLPASS_POSTGRES_BIN} names. Started once per JVM.
 * Tests take an {@link Instance} parameter; those that stop or reconfigure a server start one of
 * their own.
 */
public final class PostgresServer implements BeforeAllCallback, ParameterResolver {
  /** Of the superuser {@code postgres}. */
  public static final String PASSWORD = "loopback-test-superuser";

  private Instance shared;

  /** A running server, or one that was stopped and can start again. */
  public static final class Instance implements AutoCloseable {
    private final Path bin;
    private final Path folder;
    private final int port;
    private ServerProcess process;

    private Instance(Path bin, Path folder, int port) {
      this.bin = bin;
      this.folder = folder;
      this.port = port;
    }

    /** Starts it, on the port it had before. */
    public Instance start() {
      process =
          ServerProcess.start(
              folder.resolve("log"),
              asServer(
                  List.of(
                      bin.resolve("postgres").toString(),
                      "-D",
                      folder.resolve("data").toString(),
                      "-h",
                      "127.0.0.1",
                      "-p",
                      String.valueOf(port),
                      "-k",
                      folder.toString(),
                      "-c",
                      ServerProcess.durable() ? "fsync=on" : "fsync=off",
                      "-c",
                      "max_connections=200",
                      "-c",
                      "max_prepared_transactions=16",
                      "-c",
                      ServerProcess.durable() ? "log_statement=none" : "log_statement=all")));
      process.await(Duration.ofSeconds(30), this::answers);
      return this;
    }

    private boolean answers() {
      try (var connection = superuser()) {
        return connection.isValid(1);
      } catch (SQLException e) {
        return false;
      }
    }

    /** Stops it; {@link #start} brings it back. */
    public void stop() {
      process.close();
    }

    /** Offers TLS with this certificate from now on. */
    public void offerTls(TestAuthority.Certificate certificate) {
      var chain = place("server.crt", certificate.certificate());
      var key = place("server.key", certificate.key());
      execute(
          "ALTER SYSTEM SET ssl_cert_file = '%s'".formatted(chain),
          "ALTER SYSTEM SET ssl_key_file = '%s'".formatted(key),
          "ALTER SYSTEM SET ssl = on",
          "SELECT pg_reload_conf()");
      await().atMost(Duration.ofSeconds(60)).until(() -> query("SHOW ssl").equals(List.of("on")));
    }

    /** Admits nobody but the superuser without TLS from now on. */
    public void demandTls() {
      place(
          "data/pg_hba.conf",
          """
          host all postgres 127.0.0.1/32 scram-sha-256
          hostssl all all 127.0.0.1/32 scram-sha-256
          """);
      execute("SELECT pg_reload_conf()");
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> query("SELECT type FROM pg_hba_file_rules").contains("hostssl"));
    }

    private Path place(String name, String text) {
      try {
        var file = Files.writeString(folder.resolve(name), text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        if (root()) {
          ServerProcess.output("chown", "postgres", file.toString());
        }
        return file;
      } catch (IOException e) {
        throw new IllegalStateException("cannot write " + name, e);
      }
    }

    /** A new standby of it, which follows it a moment later. */
    public Instance standby() {
      stop();
      try {
        var copy = Files.createTempDirectory("hallpass-pg-");
        ServerProcess.output("cp", "-a", folder.resolve("data").toString(), copy.toString());
        if (root()) {
          ServerProcess.output("chown", "-R", "postgres", copy.toString());
        }
        Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(copy)));
        start();
        var standby = new Instance(bin, copy, ServerProcess.freePort());
        standby.place("data/standby.signal", "");
        standby.place(
            "data/postgresql.auto.conf",
            "primary_conninfo = 'host=127.0.0.1 port=%d user=postgres password=%s'\n"
                .formatted(port, PASSWORD));
        return standby.start();
      } catch (IOException e) {
        throw new IllegalStateException("no folder for a standby", e);
      }
    }

    /** Makes a standby the primary. */
    public void promote() {
      execute("SELECT pg_promote()");
    }

    /** Its port on 127.0.0.1. */
    public int port() {
      return port;
    }

    /** What it logged, every statement included. */
    public String log() throws IOException {
      return Files.readString(folder.resolve("log"));
    }

    /** A superuser's connection to the database {@code postgres}. */
    public Connection superuser() throws SQLException {
      return connect("postgres", PASSWORD);
    }

    /** Somebody's connection to the database {@code postgres}. */
    public Connection connect(String user, String password) throws SQLException {
      return connect("postgres", user, password);
    }

    /** Somebody's connection. */
    public Connection connect(String database, String user, String password) throws SQLException {
      return DriverManager.getConnection(
          "jdbc:postgresql://127.0.0.1:%d/%s?sslmode=disable".formatted(port, database),
          user,
          password);
    }

    /** Whether one can log in. */
    public boolean admits(String user, String password) {
      try (var connection = connect(user, password)) {
        return connection.isValid(5);
      } catch (SQLException e) {
        if (e.getSQLState() != null && e.getSQLState().startsWith("28")) {
          return false;
        }
        throw new IllegalStateException("neither admitted nor refused", e);
      }
    }

    /** Runs a psql script as superuser, with these variables and this admin password. */
    public void script(Path file, String adminPassword, String... variables) {
      var command =
          new ArrayList<>(
              List.of(
                  "env",
                  "PGPASSWORD=" + PASSWORD,
                  "HALLPASS_ADMIN_PASSWORD=" + adminPassword,
                  "psql",
                  "--no-psqlrc",
                  "-qv",
                  "ON_ERROR_STOP=1",
                  "-f",
                  file.toString(),
                  "postgresql://postgres@127.0.0.1:%d/postgres".formatted(port)));
      for (var variable : variables) {
        command.add("-v");
        command.add(variable);
      }
      ServerProcess.output(command.toArray(String[]::new));
    }

    /** Runs statements as superuser. */
    public void execute(String... statements) {
      try (var connection = superuser();
          var statement = connection.createStatement()) {
        for (var sql : statements) {
          statement.execute(sql);
        }
      } catch (SQLException e) {
        throw new IllegalStateException(e.getMessage(), e);
      }
    }

    /** The first column of what a query finds, as superuser. */
    public List<String> query(String sql) {
      try (var connection = superuser();
          var statement = connection.createStatement();
          var rows = statement.executeQuery(sql)) {
        var found = new ArrayList<String>();
        while (rows.next()) {
          found.add(rows.getString(1));
        }
        return found;
      } catch (SQLException e) {
        throw new IllegalStateException(e.getMessage(), e);
      }
    }

    @Override
    public void close() {
      process.close();
    }
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    shared =
        context
            .getRoot()
            .getStore(ExtensionContext.Namespace.create(PostgresServer.class))
            .computeIfAbsent(Instance.class, k -> create(), Instance.class);
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == Instance.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return shared;
  }

  /** A new server of its own, running. */
  public static Instance create() {
    var bin = binaries();
    try {
      // Below /tmp, because the server's user must reach it and socket paths are short.
      var folder = Files.createTempDirectory("hallpass-pg-");
      var password = Files.writeString(folder.resolve("password"), PASSWORD + "\n");
      if (root()) {
        ServerProcess.output("chown", "-R", "postgres", folder.toString());
      }
      ServerProcess.output(
          asServer(
                  List.of(
                      bin.resolve("initdb").toString(),
                      "-D",
                      folder.resolve("data").toString(),
                      "-U",
                      "postgres",
                      "--pwfile=" + password,
                      "--auth=scram-sha-256",
                      "--encoding=UTF8",
                      "--locale=C",
                      "--no-sync"))
              .toArray(String[]::new));
      Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(folder)));
      return new Instance(bin, folder, ServerProcess.freePort()).start();
    } catch (IOException e) {
      throw new IllegalStateException("no folder for PostgreSQL", e);
    }
  }

  private static void delete(Path folder) {
    try (var files = Files.walk(folder)) {
      files.sorted(Comparator.reverseOrder()).forEach(f -> f.toFile().delete());
    } catch (IOException e) {
      System.err.println("left behind: " + folder + ": " + e.getMessage());
    }
  }

  private static Path binaries() {
    var named = System.getenv("HALLPASS_POSTGRES_BIN");
    if (named != null && !named.isEmpty()) {
      return Path.of(named);
    }
    try (var versions = Files.list(Path.of("/usr/lib/postgresql"))) {
      return versions
          .map(v -> v.resolve("bin"))
          .filter(b -> Files.isExecutable(b.resolve("initdb")))
          .max(Comparator.naturalOrder())
          .orElseThrow(() -> new IllegalStateException(MISSING));
    } catch (IOException e) {
      throw new IllegalStateException(MISSING, e);
    }
  }

  private static final String MISSING =
      "no PostgreSQL server below /usr/lib/postgresql: apt-get install postgresql-15";

  /** PostgreSQL refuses to run as root. */
  private static List<String> asServer(List<String> command) {
    if (!root()) {
      return command;
    }
    var all =
        new ArrayList<>(
            List.of("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"));
    all.addAll(command);
    return all;
  }

  private static boolean root() {
    return ServerProcess.output("id", "-u").strip().getBytes(StandardCharsets.US_ASCII)[0] == '0';
  }
}
