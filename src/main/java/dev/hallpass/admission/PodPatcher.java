package dev.hallpass.admission;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hallpass.api.v1alpha1.HallpassApi;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Turns a plan into a JSON Patch (RFC 6902) of a pod. Works on the pod as it was sent, so that
 * fields this build does not know stay untouched.
 *
 * <p>Only what differs from the plan is patched: a pod that was patched before, and has since got
 * the defaults of the API server, is patched no further; a pod that carries our names with other
 * content has that content replaced.
 */
final class PodPatcher {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  /** What the API server and its own plugins add to a container by default. */
  private static final Set<String> CONTAINER_DEFAULTS =
      Set.of("terminationMessagePath", "terminationMessagePolicy");

  private final AgentContainers agent;
  private final ObjectMapper mapper;

  PodPatcher(AgentContainers agent, ObjectMapper mapper) {
    this.agent = agent;
    this.mapper = mapper;
  }

  /** The operations; none where the pod already is what the plan says. */
  ArrayNode patch(JsonNode pod, InjectionPlan plan) {
    var patch = new JsonPatch();
    annotation(pod, plan, patch);
    var spec = pod.path("spec");
    patch.list("/spec/volumes", items(spec, "volumes"), volumes(items(spec, "volumes"), plan));
    mounts(spec, "containers", plan, patch);
    mounts(spec, "initContainers", plan, patch);
    names(spec, plan, patch);
    patch.list(
        "/spec/initContainers",
        withMounts(items(spec, "initContainers"), plan),
        initContainers(withMounts(items(spec, "initContainers"), plan), plan));
    return patch.operations();
  }

  private static void annotation(JsonNode pod, InjectionPlan plan, JsonPatch patch) {
    var value = JSON.textNode(String.join(",", plan.requests()));
    var annotations = pod.path("metadata").path("annotations");
    if (annotations.isEmpty()) {
      patch.add(
          "/metadata/annotations", JSON.objectNode().set(HallpassApi.INJECTED_ANNOTATION, value));
    } else if (!value.equals(annotations.get(HallpassApi.INJECTED_ANNOTATION))) {
      patch.add(
          "/metadata/annotations/" + HallpassApi.INJECTED_ANNOTATION.replace("/", "~1"), value);
    }
  }

  private List<JsonNode> volumes(List<JsonNode> present, InjectionPlan plan) {
    var wanted = new ArrayList<>(present);
    for (var volume : agent.volumes(plan)) {
      place(wanted, mapper.valueToTree(volume), Set.of());
    }
    return wanted;
  }

  private void mounts(JsonNode spec, String field, InjectionPlan plan, JsonPatch patch) {
    var containers = items(spec, field);
    for (var i = 0; i < containers.size(); i++) {
      var container = containers.get(i);
      if (!isAgent(container)) {
        patch.list(
            "/spec/%s/%d/volumeMounts".formatted(field, i),
            items(container, "volumeMounts"),
            mounts(container, plan));
      }
    }
  }

  /** A container whose process is to be signalled bears its name, for the agent to find it by. */
  private static void names(JsonNode spec, InjectionPlan plan, JsonPatch patch) {
    var containers = items(spec, "containers");
    for (var i = 0; i < containers.size(); i++) {
      var present = items(containers.get(i), "env");
      var wanted = new ArrayList<>(present);
      wanted.removeIf(v -> HallpassApi.CONTAINER_VARIABLE.equals(name(v)));
      if (plan.signalled().contains(name(containers.get(i)))) {
        wanted.add(
            JSON.objectNode()
                .put("name", HallpassApi.CONTAINER_VARIABLE)
                .put("value", name(containers.get(i))));
      }
      if (!Set.copyOf(wanted).equals(Set.copyOf(present))) {
        patch.list("/spec/containers/%d/env".formatted(i), present, wanted);
      }
    }
  }

  /** The mounts a container should have: of our volumes its view's, where it has one. */
  private List<JsonNode> mounts(JsonNode container, InjectionPlan plan) {
    var ours =
        plan.viewOf(name(container)).map(v -> mapper.<JsonNode>valueToTree(agent.consumerMount(v)));
    var wanted = new ArrayList<>(items(container, "volumeMounts"));
    var kept = ours.filter(wanted::contains);
    wanted.removeIf(m -> AgentContainers.isVolume(name(m)) && !kept.filter(m::equals).isPresent());
    if (kept.isEmpty()) {
      ours.ifPresent(wanted::add);
    }
    return wanted;
  }

  private List<JsonNode> withMounts(List<JsonNode> containers, InjectionPlan plan) {
    var patched = new ArrayList<JsonNode>();
    for (var container : containers) {
      var copy = container.<ObjectNode>deepCopy();
      var mounts = isAgent(container) ? List.<JsonNode>of() : mounts(container, plan);
      if (!isAgent(container) && !mounts.equals(items(container, "volumeMounts"))) {
        copy.set("volumeMounts", JSON.arrayNode().addAll(mounts));
      }
      patched.add(copy);
    }
    return patched;
  }

  private List<JsonNode> initContainers(List<JsonNode> present, InjectionPlan plan) {
    var ours = agent.initContainers(plan).stream().map(mapper::<JsonNode>valueToTree).toList();
    if (inPlace(present, ours, plan)) {
      return present;
    }
    var wanted = new ArrayList<>(ours);
    present.stream().filter(c -> !isAgent(c)).forEach(wanted::add);
    return wanted;
  }

  /** Whether our containers, and no others under our names, are there and ahead of consumers. */
  private static boolean inPlace(List<JsonNode> present, List<JsonNode> ours, InjectionPlan plan) {
    var found = new ArrayList<JsonNode>();
    for (var container : present) {
      if (isAgent(container)) {
        found.add(container);
      } else if (plan.consumers().contains(name(container)) && found.size() < ours.size()) {
        return false;
      }
    }
    if (found.size() != ours.size()) {
      return false;
    }
    for (var i = 0; i < ours.size(); i++) {
      if (!Coverage.covers(ours.get(i), found.get(i), CONTAINER_DEFAULTS)) {
        return false;
      }
    }
    return true;
  }

  /** Puts an item in its namesake's place, unless that already says the same; else at the end. */
  private static void place(List<JsonNode> items, JsonNode item, Set<String> defaults) {
    for (var i = 0; i < items.size(); i++) {
      if (name(items.get(i)).equals(name(item))) {
        if (!Coverage.covers(item, items.get(i), defaults)) {
          items.set(i, item);
        }
        return;
      }
    }
    items.add(item);
  }

  private static boolean isAgent(JsonNode container) {
    return AgentContainers.NAMES.contains(name(container));
  }

  private static String name(JsonNode item) {
    return item.path("name").asText();
  }

  private static List<JsonNode> items(JsonNode owner, String field) {
    var items = new ArrayList<JsonNode>();
    owner.path(field).forEach(items::add);
    return items;
  }
}
