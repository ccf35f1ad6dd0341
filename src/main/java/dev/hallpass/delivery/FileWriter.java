package dev.hallpass.delivery;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hallpass.api.v1alpha1.CredentialRequestSpec.RequestedCredential;
import dev.hallpass.api.v1alpha1.Delivery;
import dev.hallpass.provider.Material;
import dev.hallpass.wire.IssueAnswer;
import dev.hallpass.wire.Secret;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Renders a credential into the files that a request asks for. */
public final class FileWriter {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final RequestedCredential credential;
  private final Material material;

  private FileWriter(RequestedCredential credential, Material material) {
    this.credential = credential;
    this.material = material;
  }

  /**
   * One rendered file per file asked for, in that order; then what the credential attaches.
   *
   * @throws TemplateException where a template names what the credential does not have
   */
  public static List<IssueAnswer.File> render(RequestedCredential credential, Material material) {
    var writer = new FileWriter(credential, material);
    var asked =
        credential.delivery().files().stream()
            .map(
                f ->
                    new IssueAnswer.File(
                        f.path(), Secret.of(writer.text(f)), f.mode(), form(f.format())));
    var attached =
        material.attachments().stream().map(a -> new IssueAnswer.File(a.path(), a.content()));
    return Stream.concat(asked, attached).toList();
  }

  private String text(Delivery.File file) {
    return switch (file.format()) {
      case Env -> env();
      case Json -> quoted(fields()) + "\n";
      case Properties -> PropertiesFormat.of(fields());
      case Yaml -> yaml();
      case PgPass -> pgPass();
      case PgService -> pgService();
      case Kubeconfig -> kubeconfig();
      case Token -> material.get("token").reveal() + "\n";
      case Template ->
          Template.of(Objects.requireNonNull(file.template(), "schema: template")).fill(fields());
      case Pem, PemCertificate -> material.get("certificate").reveal();
      case Pkcs12 -> material.get("certificate").reveal() + material.get("trust").reveal();
      case PemTrust -> material.get("trust").reveal();
      case PemCrl -> material.get("crl").reveal();
      case PemKey, Pkcs12Password -> "";
    };
  }

  /** Only the agent has the private key of a certificate. */
  private static IssueAnswer.Form form(Delivery.Format format) {
    return switch (format) {
      case Env, Json, Properties, Yaml, PgPass, PgService, Template -> IssueAnswer.Form.Text;
      case PemCertificate, PemTrust, PemCrl, Kubeconfig, Token -> IssueAnswer.Form.Text;
      case Pem, PemKey -> IssueAnswer.Form.KeyFirst;
      case Pkcs12 -> IssueAnswer.Form.KeyStore;
      case Pkcs12Password -> IssueAnswer.Form.StorePassword;
    };
  }

  private Map<String, String> fields() {
    var fields = new LinkedHashMap<String, String>();
    material.fields().forEach(f -> fields.put(f.name(), f.value().reveal()));
    return fields;
  }

  /**
   * Assignments that a POSIX shell can source. What needs no quoting has none, so that readers of
   * plain {@code KEY=value} files understand it too.
   */
  private String env() {
    return material.fields().stream()
        .filter(f -> f.variable() != null)
        .map(f -> f.variable() + "=" + shellWord(f.value().reveal()) + "\n")
        .collect(Collectors.joining());
  }

  private static String shellWord(String text) {
    return text.matches("[A-Za-z0-9_./:@%+,-]+") ? text : "'" + text.replace("'", "'\\''") + "'";
  }

  /** A double-quoted scalar can be any JSON string (YAML 1.2.2, 1.2), so none is taken for more. */
  private String yaml() {
    return fields().entrySet().stream()
        .map(e -> e.getKey() + ": " + quoted(e.getValue()) + "\n")
        .collect(Collectors.joining());
  }

  private static String quoted(Object value) {
    try {
      return JSON.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("strings are JSON", e);
    }
  }

  /** A line for each server of a password file (libpq, "The Password File"). */
  private String pgPass() {
    var hosts = material.get("host").reveal().split(",", -1);
    var ports = material.get("port").reveal().split(",", -1);
    var rest =
        Stream.of("database", "username", "password").map(name -> material.get(name).reveal());
    var login = rest.map(FileWriter::escaped).collect(Collectors.joining(":"));
    return IntStream.range(0, hosts.length)
        .mapToObj(i -> "%s:%s:%s\n".formatted(escaped(hosts[i]), ports[i], login))
        .collect(Collectors.joining());
  }

  private static String escaped(String text) {
    return text.replace("\\", "\\\\").replace(":", "\\:");
  }

  /**
   * A service named as the credential (libpq, "The Connection Service File"). Its password is in
   * the password file of the same credential, or where it has none, here.
   */
  private String pgService() {
    var lines = new LinkedHashMap<String, String>();
    var fields = fields();
    lines.put("host", fields.get("host"));
    lines.put("port", fields.get("port"));
    lines.put("dbname", fields.get("database"));
    lines.put("user", fields.get("username"));
    credential.delivery().files().stream()
        .filter(f -> f.format() == Delivery.Format.PgPass)
        .findFirst()
        .ifPresentOrElse(
            f -> lines.put("passfile", Delivery.MOUNT_PATH + "/" + f.path()),
            () -> lines.put("password", fields.get("password")));
    lines.put("sslmode", fields.get("sslmode"));
    lines.put("sslrootcert", fields.get("sslrootcert"));
    lines.put("target_session_attrs", fields.get("target_session_attrs"));
    return lines.entrySet().stream()
        .filter(e -> e.getValue() != null)
        .map(e -> e.getKey() + "=" + e.getValue() + "\n")
        .collect(Collectors.joining("", "[" + credential.name() + "]\n", ""));
  }

  /**
   * A kubeconfig. Where the credential has a file of format Token too, it names that: client
   * libraries read a token file again as they go, and what is inside the kubeconfig only once.
   */
  private String kubeconfig() {
    var token =
        credential.delivery().files().stream()
            .filter(f -> f.format() == Delivery.Format.Token)
            .findFirst()
            .map(f -> Map.entry("tokenFile", Delivery.MOUNT_PATH + "/" + f.path()))
            .orElseGet(() -> Map.entry("token", material.get("token").reveal()));
    return new Kubeconfig(fields(), token).yaml();
  }
}
