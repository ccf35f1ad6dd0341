package dev.hallpass.provider.postgresql;

import dev.hallpass.api.v1alpha1.Delivery;
import dev.hallpass.api.v1alpha1.PostgreSql;
import dev.hallpass.api.v1alpha1.PostgreSql.TlsMode;
import dev.hallpass.api.v1alpha1.PostgreSqlAccess;
import dev.hallpass.provider.Fields;
import dev.hallpass.provider.Fields.Presence;
import dev.hallpass.provider.Material;
import dev.hallpass.provider.Material.Attachment;
import dev.hallpass.provider.Material.Field;
import dev.hallpass.provider.Subject;
import dev.hallpass.wire.Secret;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a pod needs to connect: parts for programs that take parts, with the variables of libpq, and
 * URLs for those that take one. Where the provider has a CA bundle and verifies with it, the pod
 * gets it as a file too, as libpq takes a certificate from nowhere else.
 */
final class PodCredential {
  private static final String WRITABLE = "read-write";

  private final PostgreSql server;
  private final Servers servers;
  private final String database;
  private final Subject subject;
  private final Secret password;
  private final List<Field> fields = new ArrayList<>();
  private final Map<String, String> parameters = new LinkedHashMap<>();

  private PodCredential(
      PostgreSql server, PostgreSqlAccess access, Subject subject, Secret password) {
    this.server = server;
    this.servers = Servers.of(server);
    this.database = Objects.requireNonNullElse(access.database(), server.database());
    this.subject = subject;
    this.password = password;
  }

  static Material of(PostgreSql server, PostgreSqlAccess access, Subject subject, Secret password) {
    return new PodCredential(server, access, subject, password).material();
  }

  /** The names of what {@link #of} fills. */
  static Fields fields(PostgreSql server) {
    var verifies = bundle(server) == null ? Presence.Elsewhere : Presence.Here;
    var hasSeveral = Servers.of(server).several() ? Presence.Here : Presence.Elsewhere;
    return new Fields(
            Set.of("host", "port", "database", "username", "password", "sslmode", "url", "jdbcUrl"))
        .with("sslrootcert", verifies)
        .with("ca", verifies)
        .with("target_session_attrs", hasSeveral);
  }

  private Material material() {
    add("host", "PGHOST", servers.hosts());
    add("port", "PGPORT", servers.ports());
    add("database", "PGDATABASE", database);
    add("username", "PGUSER", subject.name());
    fields.add(new Field("password", "PGPASSWORD", password));
    parameter("sslmode", "PGSSLMODE", Pools.sslMode(server));
    var bundle = bundle(server);
    var path = ".ca/" + subject.name() + ".pem";
    if (bundle != null) {
      parameter("sslrootcert", "PGSSLROOTCERT", Delivery.MOUNT_PATH + "/" + path);
    }
    url();
    jdbcUrl();
    if (bundle == null) {
      return new Material(List.copyOf(fields));
    }
    add("ca", null, bundle);
    return new Material(List.copyOf(fields), List.of(new Attachment(path, Secret.of(bundle))));
  }

  private void url() {
    var query = new LinkedHashMap<>(parameters);
    if (servers.several()) {
      query.put("target_session_attrs", WRITABLE);
      add("target_session_attrs", "PGTARGETSESSIONATTRS", WRITABLE);
    }
    add(
        "url",
        "DATABASE_URL",
        "postgresql://%s:%s@%s"
            .formatted(encoded(subject.name()), encoded(password.reveal()), place(query)));
  }

  /** Without the login, as JDBC pools take that apart from the URL. */
  private void jdbcUrl() {
    var query = new LinkedHashMap<>(parameters);
    if (servers.several()) {
      query.put("targetServerType", "primary");
    }
    add("jdbcUrl", "JDBC_URL", "jdbc:postgresql://" + place(query));
  }

  private String place(Map<String, String> query) {
    return query.entrySet().stream()
        .map(e -> e.getKey() + "=" + encoded(e.getValue()))
        .collect(
            Collectors.joining(
                "&", "%s/%s?".formatted(servers.authority(), encoded(database)), ""));
  }

  private static @Nullable String bundle(PostgreSql server) {
    var tls = server.tls();
    return tls != null && tls.mode() == TlsMode.VerifyFull ? tls.caBundle() : null;
  }

  private void parameter(String name, String variable, String value) {
    parameters.put(name, value);
    add(name, variable, value);
  }

  private void add(String name, @Nullable String variable, String value) {
    fields.add(new Field(name, variable, Secret.of(value)));
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
