package dev.hallpass.provider.postgresql;

import dev.hallpass.api.v1alpha1.CredentialProviderSpec.PostgreSql;
import dev.hallpass.api.v1alpha1.CredentialProviderSpec.TlsMode;
import dev.hallpass.api.v1alpha1.Delivery;
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
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a pod needs to connect: parts for programs that take parts, with the variables of libpq, and
 * URLs for those that take one. Where the provider has a CA bundle and verifies with it, the pod
 * gets it as a file too, as libpq takes a certificate from nowhere else.
 */
final class PodCredential {
  private final PostgreSql server;
  private final Subject subject;
  private final Secret password;
  private final List<Field> fields = new ArrayList<>();
  private final Map<String, String> parameters = new LinkedHashMap<>();

  private PodCredential(PostgreSql server, Subject subject, Secret password) {
    this.server = server;
    this.subject = subject;
    this.password = password;
  }

  static Material of(PostgreSql server, Subject subject, Secret password) {
    return new PodCredential(server, subject, password).material();
  }

  private Material material() {
    add("host", "PGHOST", server.host());
    add("port", "PGPORT", String.valueOf(server.portOrDefault()));
    add("database", "PGDATABASE", server.database());
    add("username", "PGUSER", subject.name());
    fields.add(new Field("password", "PGPASSWORD", password));
    parameter("sslmode", "PGSSLMODE", Pools.sslMode(server));
    var bundle = bundle();
    var path = ".ca/" + subject.name() + ".pem";
    if (bundle != null) {
      parameter("sslrootcert", "PGSSLROOTCERT", Delivery.MOUNT_PATH + "/" + path);
    }
    urls();
    if (bundle == null) {
      return new Material(List.copyOf(fields));
    }
    add("ca", null, bundle);
    return new Material(List.copyOf(fields), List.of(new Attachment(path, Secret.of(bundle))));
  }

  /** The second has no login, as JDBC pools take that apart from the URL. */
  private void urls() {
    var place =
        "%s:%d/%s".formatted(server.host(), server.portOrDefault(), encoded(server.database()));
    var query =
        parameters.entrySet().stream()
            .map(e -> e.getKey() + "=" + encoded(e.getValue()))
            .collect(Collectors.joining("&", "?", ""));
    add(
        "url",
        "DATABASE_URL",
        "postgresql://%s:%s@%s%s"
            .formatted(encoded(subject.name()), encoded(password.reveal()), place, query));
    add("jdbcUrl", "JDBC_URL", "jdbc:postgresql://%s%s".formatted(place, query));
  }

  private @Nullable String bundle() {
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
