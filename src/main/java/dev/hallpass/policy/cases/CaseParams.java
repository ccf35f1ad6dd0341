package dev.hallpass.policy.cases;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hallpass.api.v1alpha1.CredentialPolicy;
import dev.hallpass.kube.KnownParams;
import dev.hallpass.kube.ParamObject;
import dev.hallpass.kube.ParamState;
import io.fabric8.kubernetes.api.model.ConfigMap;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What policies may take parameters from in cases: objects of the files, and what a case gives. */
final class CaseParams {
  /** What goes with a kind of parameters, and says nothing to a policy. */
  private static final Set<String> COMPANIONS =
      Set.of("CustomResourceDefinition", "ClusterRole", "Namespace");

  private final Map<String, Map<String, String>> configMaps = new HashMap<>();
  private final List<ObjectNode> objects = new ArrayList<>();

  /** Takes a manifest that is no policy. */
  void add(ObjectNode document) {
    var kind = document.path("kind").asText();
    if (kind.equals("ConfigMap")) {
      var map = Trees.as(ConfigMap.class, document, "ConfigMap");
      configMaps.put(map.getMetadata().getName(), map.getData() == null ? Map.of() : map.getData());
    } else if (!COMPANIONS.contains(kind)) {
      objects.add(document);
    }
  }

  /**
   * Makes sure that each object is of a kind that these take parameters from.
   *
   * @throws MalformedCasesException naming one that is not
   */
  void requireUseIn(Collection<CredentialPolicy> policies) {
    for (var object : objects) {
      if (policies.stream().noneMatch(p -> takesFrom(p, object))) {
        throw new MalformedCasesException(
            "a document of kind \"%s\" is neither a CredentialPolicy, nor a ConfigMap or an object that one takes parameters from, nor a list of cases"
                .formatted(object.path("kind").asText()));
      }
    }
  }

  private static boolean takesFrom(CredentialPolicy policy, ObjectNode object) {
    var params = policy.getSpec().params();
    var kind = params == null ? null : params.paramKind();
    return kind != null
        && object.path("kind").asText().equals(kind.kind())
        && object.path("apiVersion").asText().equals(kind.apiVersion());
  }

  /**
   * What these policies find.
   *
   * @param given by a case, by the names of ConfigMaps and objects
   */
  KnownParams known(Collection<CredentialPolicy> policies, @Nullable Map<String, JsonNode> given) {
    var maps = new HashMap<>(configMaps);
    var states = new HashMap<ParamObject, ParamState>();
    var instead = given == null ? Map.<String, JsonNode>of() : given;
    for (var policy : policies) {
      var params = policy.getSpec().params();
      var map = params == null ? null : params.configMap();
      if (map != null && instead.containsKey(map)) {
        maps.put(map, texts(instead.get(map), "given.params." + map));
      }
      ParamObject.of(params).ifPresent(o -> states.put(o, state(o, instead.get(o.name()))));
    }
    var found = new HashMap<String, ParamState.Found>();
    maps.forEach((name, data) -> found.put(name, new ParamState.Found(data)));
    return new KnownParams(found, states);
  }

  private static Map<String, String> texts(@Nullable JsonNode data, String field) {
    var texts = new LinkedHashMap<String, String>();
    Objects.requireNonNull(data)
        .properties()
        .forEach(
            entry -> {
              if (!entry.getValue().isTextual()) {
                throw new MalformedCasesException(
                    "%s.%s: must be text, as all data of a ConfigMap"
                        .formatted(field, entry.getKey()));
              }
              texts.put(entry.getKey(), entry.getValue().asText());
            });
    return texts;
  }

  private ParamState state(ParamObject object, @Nullable JsonNode given) {
    if (given == null) {
      return objects.stream()
          .filter(o -> is(object, o))
          .findFirst()
          .<ParamState>map(o -> new ParamState.Found(Trees.values(o)))
          .orElseGet(object::missing);
    }
    var whole = Trees.tree("{}").put("apiVersion", object.apiVersion()).put("kind", object.kind());
    var metadata = whole.putObject("metadata").put("name", object.name());
    if (object.namespace() != null) {
      metadata.put("namespace", object.namespace());
    }
    return new ParamState.Found(
        Trees.values(Trees.merged(whole, given, "given.params." + object.name())));
  }

  private static boolean is(ParamObject named, ObjectNode object) {
    var metadata = object.path("metadata");
    return object.path("apiVersion").asText().equals(named.apiVersion())
        && object.path("kind").asText().equals(named.kind())
        && metadata.path("name").asText().equals(named.name())
        && Objects.equals(metadata.path("namespace").asText(null), named.namespace());
  }
}
