package dev.hallpass.kube;

import static java.util.stream.Collectors.toUnmodifiableMap;

import dev.hallpass.api.v1alpha1.HallpassApi;
import dev.hallpass.kube.ParamState.Found;
import dev.hallpass.kube.ParamState.Version;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapList;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.FilterWatchListDeletable;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.util.Collection;
import java.util.Map;

/** The ConfigMaps of Hallpass's namespace that policies take their parameters from. */
public final class Params {
  private Params() {}

  /** To be listed or watched. */
  public static FilterWatchListDeletable<ConfigMap, ConfigMapList, Resource<ConfigMap>> in(
      KubernetesClient client, String systemNamespace) {
    return client.configMaps().inNamespace(systemNamespace).withLabel(HallpassApi.PARAMS_LABEL);
  }

  /** Its data, not copied: what is watched is replaced, never changed. */
  public static Map<String, String> data(ConfigMap map) {
    return map.getData() == null ? Map.of() : map.getData();
  }

  /** What a policy finds in it. */
  public static Found found(ConfigMap map) {
    return new Found(data(map), Version.of(map));
  }

  /** What is found in each, by its name. */
  public static Map<String, Found> of(Collection<ConfigMap> maps) {
    return maps.stream().collect(toUnmodifiableMap(m -> m.getMetadata().getName(), Params::found));
  }
}
