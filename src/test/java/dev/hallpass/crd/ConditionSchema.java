package dev.hallpass.crd;

import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import java.util.List;
import java.util.Map;

/**
 * Makes {@code status.conditions} what the Kubernetes API conventions say ("Typical status
 * properties"): described, complete, and a map by type, so that writers of different conditions do
 * not undo each other.
 */
final class ConditionSchema {
  private static final Map<String, String> DESCRIPTIONS =
      Map.of(
          "type",
          "What the condition is about, e.g. Ready.",
          "status",
          "Whether it holds: True, False or Unknown.",
          "reason",
          "The stable code of why; docs/reference/reasons.md lists them all.",
          "message",
          "Why, for people, with the field at fault and what to do about it.",
          "lastTransitionTime",
          "When status last changed.",
          "observedGeneration",
          "The metadata.generation it speaks of; an older one than the present says nothing of it.");

  private ConditionSchema() {}

  /** Completes the conditions of a status, where it has any. */
  static void complete(JSONSchemaProps status) {
    var conditions = status.getProperties().get("conditions");
    if (conditions == null) {
      return;
    }
    conditions.setXKubernetesListType("map");
    conditions.setXKubernetesListMapKeys(List.of("type"));
    var condition = conditions.getItems().getSchema();
    condition.setRequired(List.of("lastTransitionTime", "message", "reason", "status", "type"));
    condition
        .getProperties()
        .forEach((name, property) -> property.setDescription(DESCRIPTIONS.get(name)));
    condition.getProperties().get("lastTransitionTime").setFormat("date-time");
  }
}
