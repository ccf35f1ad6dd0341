package dev.hallpass.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hallpass.testing.PostgresServer;
import dev.hallpass.testing.ServerProcess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What one would use instead: the database engine of OpenBao, or of what it descends from, on the
 * same PostgreSQL, with its own storage on disk. Nothing is downloaded: the server's program is
 * named by the system property {@code hallpass.bench.peer}.
 *
 * <p>Its callers have a token already. What proves the pod, its agent and the pod's file are left
 * out, so it has less to do than Hallpass.
 */
final class Peer implements AutoCloseable {
  private static final String ADMIN_PASSWORD = "loopback-test-peer";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final String address;
  private final ServerProcess server;
  private String token = "";
  private String version = "";

  private Peer(Path program, PostgresServer.Instance postgres) throws IOException {
    var folder =
        Files.createTempDirectory(Files.createDirectories(Path.of("target/bench")), "peer");
    var port = ServerProcess.freePort();
    address = "http://127.0.0.1:" + port;
    var data = Files.createDirectory(folder.resolve("data")).toAbsolutePath();
    var configuration =
        Files.writeString(
            folder.resolve("server.hcl"),
            """
            disable_mlock = true
            api_addr = "http://127.0.0.1:%1$d"
            cluster_addr = "http://127.0.0.1:%2$d"
            storage "raft" {
              path = "%3$s"
              node_id = "bench"
            }
            listener "tcp" {
              address = "127.0.0.1:%1$d"
              cluster_address = "127.0.0.1:%2$d"
              tls_disable = true
            }
            """
                .formatted(port, ServerProcess.freePort(), data));
    server =
        ServerProcess.start(
            folder.resolve("log"),
            List.of(program.toString(), "server", "-config=" + configuration));
    server.await(Duration.ofSeconds(60), () -> !call("GET", "/sys/seal-status", "").isEmpty());
    open();
    offer(postgres);
  }

  /** Starts it, where the program is given. */
  static Optional<Peer> start(PostgresServer.Instance postgres) throws IOException {
    var program = System.getProperty("hallpass.bench.peer", "");
    return program.isEmpty() ? Optional.empty() : Optional.of(new Peer(Path.of(program), postgres));
  }

  private void open() {
    var keys = call("PUT", "/sys/init", Map.of("secret_shares", 1, "secret_threshold", 1));
    call("PUT", "/sys/unseal", Map.of("key", keys.path("keys").path(0).asText()));
    token = keys.path("root_token").asText();
    server.await(
        Duration.ofSeconds(60), () -> call("GET", "/sys/leader", "").path("is_self").asBoolean());
    version = call("GET", "/sys/seal-status", "").path("version").asText();
  }

  private void offer(PostgresServer.Instance postgres) {
    postgres.execute(
        "CREATE ROLE peer_admin LOGIN CREATEROLE PASSWORD '%s'".formatted(ADMIN_PASSWORD),
        "CREATE ROLE peer_reader NOLOGIN",
        "GRANT peer_reader TO peer_admin WITH ADMIN OPTION");
    call("POST", "/sys/mounts/database", Map.of("type", "database"));
    call(
        "POST",
        "/database/config/pg",
        Map.of(
            "plugin_name",
            "postgresql-database-plugin",
            "allowed_roles",
            "*",
            "connection_url",
            "postgresql://{{username}}:{{password}}@127.0.0.1:%d/postgres?sslmode=disable"
                .formatted(postgres.port()),
            "username",
            "peer_admin",
            "password",
            ADMIN_PASSWORD,
            "password_authentication",
            "scram-sha-256",
            "max_open_connections",
            8,
            "max_idle_connections",
            8));
    call(
        "POST",
        "/database/roles/reader",
        Map.of(
            "db_name",
            "pg",
            "creation_statements",
            List.of(
                "CREATE ROLE \"{{name}}\" LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}'"
                    + " IN ROLE peer_reader"),
            "default_ttl",
            "15m",
            "max_ttl",
            "2h"));
  }

  /** Its version. */
  String version() {
    return version;
  }

  /** Issues one account. */
  void once() {
    if (call("GET", "/database/creds/reader", "").path("data").path("password").isMissingNode()) {
      throw new IllegalStateException("the peer issued nothing");
    }
  }

  private JsonNode call(String method, String path, Object body) {
    try {
      var content = body instanceof String text ? text : JSON.writeValueAsString(body);
      var request =
          HttpRequest.newBuilder(URI.create(address + "/v1" + path))
              .method(method, BodyPublishers.ofString(content))
              .header("X-Vault-Token", token)
              .build();
      var response = http.send(request, BodyHandlers.ofString());
      if (response.statusCode() >= 300) {
        throw new IllegalStateException(
            "%s: HTTP %d: %s".formatted(path, response.statusCode(), response.body()));
      }
      return response.body().isEmpty() ? JSON.createObjectNode() : JSON.readTree(response.body());
    } catch (IOException e) {
      throw new IllegalStateException(path, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(path, e);
    }
  }

  @Override
  public void close() {
    server.close();
    http.close();
  }
}
