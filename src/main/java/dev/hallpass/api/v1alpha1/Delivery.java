package dev.hallpass.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How a credential reaches the containers of a pod. */
@ValidationRule(
    value = "!has(self.notify) || self.mode == 'Sidecar'",
    message =
        "delivery.notify: the files of an Init credential do not change; set delivery.mode:"
            + " Sidecar")
@ValidationRule(
    value = "!has(self.rotation) || self.mode == 'Sidecar'",
    message = "delivery.rotation: only a Sidecar credential is rotated; set delivery.mode: Sidecar")
public record Delivery(
    @Required
        @JsonPropertyDescription(
            "Sidecar: fetched before the containers start and renewed while they run. Init: fetched"
                + " once; the same secret is kept valid while the pod lives, up to maxLifetime.")
        Mode mode,
    @Size(max = 16)
        @JsonPropertyDescription(
            "The containers that see the files; all containers of the pod where it is left out.")
        @Nullable List<String> containers,
    @Required
        @Size(min = 1, max = 16)
        @ValidationRule(
            value = "self.all(f, self.exists_one(g, g.path == f.path))",
            message = "delivery.files: each path must be unique")
        @JsonPropertyDescription("The files to write below /var/run/hallpass.")
        List<File> files,
    @JsonPropertyDescription(
            "When a Sidecar credential is replaced by another account, and for how long both work.")
        @Nullable Rotation rotation,
    @JsonPropertyDescription(
            "How the app hears that its files have changed; it must look itself where this is"
                + " left out.")
        @JsonProperty("notify")
        @Nullable Notify notification) {

  /** Where the files appear in each container that sees them. */
  public static final String MOUNT_PATH = "/var/run/hallpass";

  /** Delivery modes, spelt as in manifests. */
  public enum Mode {
    Sidecar,
    Init
  }

  /** How one account takes over from another. */
  public record Rotation(
      @Size(max = 32)
          @ValidationRule(
              value = HallpassApi.DURATION_FORM,
              message = "delivery.rotation.after: write hours, minutes or seconds, e.g. 12h")
          @JsonPropertyDescription(
              "The age at which an account is replaced at the latest, e.g. 12h: at least the ttl."
                  + " Where it is left out, in time before the level's maxLifetime is over.")
          @Nullable String after,
      @Size(max = 32)
          @ValidationRule(
              value = HallpassApi.DURATION_FORM,
              message = "delivery.rotation.overlap: write hours, minutes or seconds, e.g. 2m")
          @JsonPropertyDescription(
              "How long the old account works beside the new one, so that connection pools drain;"
                  + " at"
                  + " most a quarter of the ttl. 2m, or a quarter of the ttl if that is less, where it"
                  + " is left out.")
          @Nullable String overlap) {}

  /** How an app hears that its files have changed. */
  @ValidationRule(
      value = "has(self.http) != has(self.signal)",
      message = "delivery.notify: exactly one of http and signal must be given")
  public record Notify(
      @JsonPropertyDescription("A call to the app on the pod's loopback address.")
          @Nullable Http http,
      @JsonPropertyDescription(
              "A signal to the main process of a container. The pod needs shareProcessNamespace:"
                  + " true,"
                  + " and the container a runAsUser and a runAsGroup that all containers with the"
                  + " files share.")
          @Nullable Signal signal) {}

  /** {@code POST http://127.0.0.1:<port><path>}, with no body. */
  public record Http(
      @Required @Min(1) @Max(65535) @JsonPropertyDescription("Port on 127.0.0.1.") int port,
      @Required
          @Size(max = 253)
          @ValidationRule(
              value = "self.matches('^/[A-Za-z0-9._~/-]*$')",
              message =
                  "notify.http.path: write / and a path of letters, digits, ., _, ~, - and /,"
                      + " without a query")
          @JsonPropertyDescription("Path, e.g. /reload. It is called by POST, without a body.")
          String path) {}

  /** A signal to one process. */
  public record Signal(
      @Required @JsonPropertyDescription("SIGHUP, SIGUSR1 or SIGUSR2.") SignalName name,
      @Required
          @Size(max = 63)
          @ValidationRule(
              value = HallpassApi.LABEL_FORM,
              message = "notify.signal.container" + HallpassApi.LABEL_WANTED)
          @JsonPropertyDescription("The container whose main process gets it.")
          String container) {}

  /** Signals that programs take as a wish to read their files again. */
  public enum SignalName {
    SIGHUP,
    SIGUSR1,
    SIGUSR2
  }

  /** One file on tmpfs. */
  @ValidationRule(
      value = "(self.format == 'Template') == has(self.template)",
      message = "delivery.files.template: goes with format: Template, and only with that")
  public record File(
      @Required
          @Size(min = 1, max = 253)
          @ValidationRule(
              value =
                  "self.matches('^[A-Za-z0-9_][A-Za-z0-9._-]*(/[A-Za-z0-9_][A-Za-z0-9._-]*)*$')",
              message =
                  "delivery.files.path: write a path below /var/run/hallpass, e.g. tls/key.pem:"
                      + " letters, digits, _, . and -, with a letter, a digit or _ in front of"
                      + " each part")
          @JsonPropertyDescription("Path below /var/run/hallpass, e.g. db.env.")
          String path,
      @Required
          @JsonPropertyDescription(
              "Of a login: Env, Json, Properties, Yaml, PgPass, PgService or Template. Of a"
                  + " certificate:"
                  + " Pem (private key and certificate chain in one file), PemKey, PemCertificate,"
                  + " PemTrust (the roots to verify others with), PemCrl (what was revoked), Pkcs12 (a"
                  + " key store with key, chain and roots; its password is changeit, or what is in a"
                  + " file of the same credential with format Pkcs12Password, new with each key)."
                  + " Of a Kubernetes token: Kubeconfig, Token, Json, Properties, Yaml or Template.")
          Format format,
      @Size(max = 8192)
          @JsonPropertyDescription(
              "For format Template: text in which {{name}} stands for a field, e.g. {{password}};"
                  + " the"
                  + " names are those of format Json, and {{#name}}...{{/name}} appears where there is"
                  + " such a field.")
          @Nullable String template,
      @Size(max = 4)
          @ValidationRule(
              value = "self.matches('^0[46][04][04]$')",
              message =
                  "delivery.files.mode: write 0 and a digit each for owner, group and others: 4"
                      + " may read, 0 may not, and the owner may have 6, e.g. 0440")
          @JsonPropertyDescription(
              "Permissions, e.g. 0400. What the consumers' users need to read the files, where it"
                  + " is left out.")
          @Nullable String mode) {

    /** A file of what needs no template, with the usual permissions. */
    public File(String path, Format format) {
      this(path, format, null, null);
    }
  }

  /** File formats, spelt as in manifests. */
  public enum Format {
    Env,
    Json,
    Properties,
    Yaml,
    PgPass,
    PgService,
    Template,
    Pem,
    PemKey,
    PemCertificate,
    PemTrust,
    PemCrl,
    Pkcs12,
    Pkcs12Password,
    Kubeconfig,
    Token
  }
}
