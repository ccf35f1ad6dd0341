package dev.hallpass.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How a credential reaches the containers of a pod. */
@ValidationRule(
    value = "!has(self.rotation) || self.mode == 'Sidecar'",
    message = "delivery.rotation: only a Sidecar credential is rotated; set delivery.mode: Sidecar")
public record Delivery(
    @Required
        @JsonPropertyDescription(
            "Sidecar: fetched before the containers start and renewed while they run. Init: fetched"
                + " once, not renewed.")
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
        @Nullable Rotation rotation) {

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
          @Pattern("^([0-9]+(s|m|h))+$")
          @JsonPropertyDescription(
              "The age at which an account is replaced at the latest, e.g. 12h: at least the ttl. Where"
                  + " it is left out, in time before the level's maxLifetime is over.")
          @Nullable String after,
      @Size(max = 32)
          @Pattern("^([0-9]+(s|m|h))+$")
          @JsonPropertyDescription(
              "How long the old account works beside the new one, so that connection pools drain; at"
                  + " most a quarter of the ttl. 2m, or a quarter of the ttl if that is less, where it"
                  + " is left out.")
          @Nullable String overlap) {}

  /** One file on tmpfs. */
  public record File(
      @Required
          @Size(min = 1, max = 253)
          @Pattern("^[A-Za-z0-9_][A-Za-z0-9._-]*(/[A-Za-z0-9_][A-Za-z0-9._-]*)*$")
          @JsonPropertyDescription("Path below /var/run/hallpass, e.g. db.env.")
          String path,
      @Required @JsonPropertyDescription("Env, Json or PgPass.") Format format) {}

  /** File formats, spelt as in manifests. */
  public enum Format {
    Env,
    Json,
    PgPass
  }
}
