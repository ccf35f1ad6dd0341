package dev.hallpass.kube;

import dev.hallpass.wire.Reason;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What is known of an object that a policy takes its parameters from. */
public sealed interface ParamState {

  /**
   * It is there.
   *
   * @param value the variable {@code params}
   * @param version which one it is; null where it is from no API server
   */
  record Found(Map<String, ?> value, @Nullable Version version) implements ParamState {

    /** What is from no API server. */
    public Found(Map<String, ?> value) {
      this(value, null);
    }
  }

  /**
   * Which version of which object.
   *
   * @param generation null where its kind has none, as ConfigMaps
   */
  record Version(String uid, @Nullable Long generation, String resourceVersion) {
    static Version of(HasMetadata object) {
      var meta = object.getMetadata();
      return new Version(meta.getUid(), meta.getGeneration(), meta.getResourceVersion());
    }
  }

  /**
   * It may be read, and is not there.
   *
   * @param message names the field, and what to do
   */
  record Missing(String message) implements ParamState {}

  /**
   * Whether it is there cannot be told.
   *
   * @param message names the field, and what to do
   */
  record Unreadable(Reason reason, String message) implements ParamState {}
}
