package dev.hallpass.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A Kubernetes label selector. All of its terms must hold.
 *
 * @see <a href="https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/">Labels
 *     and selectors</a>
 */
public record PodSelector(
    @Size(max = 64)
        @JsonPropertyDescription("Labels that must be present with exactly these values.")
        @Nullable Map<String, String> matchLabels,
    @Size(max = 16) @JsonPropertyDescription("Further terms over labels; all must hold.")
        @Nullable List<Requirement> matchExpressions) {

  /** One term over a label key. */
  @ValidationRule(
      value =
          "self.operator in ['In', 'NotIn'] ? (has(self.values) && size(self.values) > 0) :"
              + " (!has(self.values) || size(self.values) == 0)",
      message = "values: In and NotIn need at least one, Exists and DoesNotExist take none")
  public record Requirement(
      @Required
          @Size(min = 1, max = 317)
          @JsonPropertyDescription("The label's key, e.g. app.kubernetes.io/name.")
          String key,
      @Required
          @JsonPropertyDescription(
              "In or NotIn: the label has, or has not, one of the values. Exists or DoesNotExist:"
                  + " the label is there, or is not, with whatever value.")
          Operator operator,
      @Size(max = 64) @JsonPropertyDescription("The values that In and NotIn compare with.")
          @Nullable List<String> values) {

    @Override
    public String toString() {
      var listed = values == null ? "" : String.join(",", values);
      return switch (operator) {
        case In -> "%s in (%s)".formatted(key, listed);
        case NotIn -> "%s notin (%s)".formatted(key, listed);
        case Exists -> key;
        case DoesNotExist -> "!" + key;
      };
    }

    boolean holds(Map<String, String> labels) {
      var value = labels.get(key);
      var listed = values == null ? Set.<String>of() : Set.copyOf(values);
      return switch (operator) {
        case In -> value != null && listed.contains(value);
        case NotIn -> value == null || !listed.contains(value);
        case Exists -> value != null;
        case DoesNotExist -> value == null;
      };
    }
  }

  /** Operators of a selector term, spelt as in manifests. */
  public enum Operator {
    In,
    NotIn,
    Exists,
    DoesNotExist
  }

  /**
   * Whether every object that the other selects is selected too, as far as the terms themselves
   * show: each of ours is one of the other's.
   */
  public boolean includes(PodSelector other) {
    return orEmpty(other.matchLabels).entrySet().containsAll(orEmpty(matchLabels).entrySet())
        && orEmpty(other.matchExpressions).containsAll(orEmpty(matchExpressions));
  }

  private static Map<String, String> orEmpty(@Nullable Map<String, String> labels) {
    return labels == null ? Map.of() : labels;
  }

  private static List<Requirement> orEmpty(@Nullable List<Requirement> terms) {
    return terms == null ? List.of() : terms;
  }

  /** As {@code kubectl -l} takes it. */
  @Override
  public String toString() {
    return Stream.concat(
            orEmpty(matchLabels).entrySet().stream()
                .map(l -> l.getKey() + "=" + l.getValue())
                .sorted(),
            orEmpty(matchExpressions).stream().map(Requirement::toString))
        .collect(Collectors.joining(","));
  }

  /** Whether an object with these labels is selected. */
  public boolean matches(@Nullable Map<String, String> labels) {
    var present = labels == null ? Map.<String, String>of() : labels;
    return (matchLabels == null || present.entrySet().containsAll(matchLabels.entrySet()))
        && (matchExpressions == null || matchExpressions.stream().allMatch(r -> r.holds(present)));
  }
}
