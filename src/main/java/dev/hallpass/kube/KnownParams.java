package dev.hallpass.kube;

import dev.hallpass.api.v1alpha1.CredentialPolicySpec.Params;
import dev.hallpass.api.v1alpha1.HallpassApi;
import dev.hallpass.kube.ParamState.Found;
import dev.hallpass.kube.ParamState.Missing;
import dev.hallpass.kube.ParamState.Unreadable;
import dev.hallpass.wire.Reason;
import java.util.Map;

/**
 * What policies may take parameters from, as far as it is known.
 *
 * @param configMaps the data of each ConfigMap, by its name; there are no others
 * @param objects what was asked for of other kinds
 */
public record KnownParams(
    Map<String, Map<String, String>> configMaps, Map<ParamObject, ParamState> objects) {

  /** Nothing. */
  public static final KnownParams NONE = new KnownParams(Map.of(), Map.of());

  /** What is known of what a policy names. */
  public ParamState of(Params named) {
    var configMap = named.configMap();
    if (configMap != null) {
      var data = configMaps.get(configMap);
      return data == null
          ? new Missing(
              "spec.params.configMap: Hallpass's namespace has no ConfigMap %s with the label %s"
                  .formatted(configMap, HallpassApi.PARAMS_LABEL))
          : new Found(data);
    }
    var object = ParamObject.of(named);
    return object.isPresent()
        ? objects.getOrDefault(object.get(), object.get().unread())
        : new Unreadable(Reason.PolicyInvalid, "spec.params." + HallpassApi.CUSTOM_KINDS);
  }
}
