package dev.hallpass.policy;

import dev.hallpass.api.v1alpha1.CredentialPolicySpec.Params;
import dev.hallpass.kube.ParamObject;
import dev.hallpass.kube.ParamState;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the expressions of a policy saw as {@code params}.
 *
 * @param object where it is from, e.g. {@code ConfigMap windows} or {@code Window a in namespace
 *     shop}
 * @param value all of it; null where the object is not there, or cannot be read
 */
public record Parameters(String object, @Nullable Map<String, ?> value) {

  static Parameters of(Params named, ParamState known) {
    return new Parameters(
        ParamObject.of(named)
            .map(ParamObject::toString)
            .orElseGet(() -> "ConfigMap " + named.configMap()),
        switch (known) {
          case ParamState.Found(var value) -> value;
          case ParamState.Missing missing -> null;
          case ParamState.Unreadable unreadable -> null;
        });
  }

  /** The object's UID; null where it is a ConfigMap, or not there. */
  public @Nullable String uid() {
    return metadata().get("uid") instanceof String uid ? uid : null;
  }

  /** The object's generation; null where it has none. */
  public @Nullable Long generation() {
    return metadata().get("generation") instanceof Number number ? number.longValue() : null;
  }

  /** The data of a ConfigMap is text, whatever its keys are. */
  private Map<?, ?> metadata() {
    return value != null && value.get("metadata") instanceof Map<?, ?> metadata
        ? metadata
        : Map.of();
  }
}
