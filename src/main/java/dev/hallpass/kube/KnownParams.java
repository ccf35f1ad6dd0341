package dev.hallpass.kube;

import dev.hallpass.api.v1alpha1.CredentialPolicySpec.Params;
import dev.hallpass.api.v1alpha1.HallpassApi;
import dev.hallpass.kube.ParamState.Found;
import dev.hallpass.kube.ParamState.Missing;
import dev.hallpass.kube.ParamState.Unreadable;
import dev.hallpass.wire.Reason;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * What policies may take parameters from, as far as it is known.
 *
 * @param configMaps what is in each ConfigMap, by its name; there are no others
 * @param objects what is known of those of other kinds; may read one when it is asked for
 */
public record KnownParams(
    Map<String, Found> configMaps, Function<ParamObject, ParamState> objects) {

  /** Nothing. */
  public static final KnownParams NONE = new KnownParams(Map.of(), Map.of());

  /** Where no other objects are known than these. */
  public KnownParams(Map<String, Found> configMaps, Map<ParamObject, ParamState> objects) {
    this(configMaps, o -> objects.getOrDefault(o, o.unread()));
  }

  /** What is known of what a policy names. */
  public ParamState of(Params named) {
    return of(named, name -> Optional.ofNullable(configMaps.get(name)), objects);
  }

  /**
   * What is known of what a policy names, without a look at anything else.
   *
   * @param configMaps what is in the ConfigMap of a name
   */
  public static ParamState of(
      Params named,
      Function<String, Optional<Found>> configMaps,
      Function<ParamObject, ParamState> objects) {
    var configMap = named.configMap();
    if (configMap != null) {
      return configMaps
          .apply(configMap)
          .<ParamState>map(found -> found)
          .orElseGet(
              () ->
                  new Missing(
                      "spec.params.configMap: Hallpass's namespace has no ConfigMap %s with the label %s"
                          .formatted(configMap, HallpassApi.PARAMS_LABEL)));
    }
    return ParamObject.of(named)
        .map(objects)
        .orElseGet(
            () -> new Unreadable(Reason.PolicyInvalid, "spec.params." + HallpassApi.CUSTOM_KINDS));
  }
}
