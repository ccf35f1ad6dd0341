package dev.hallpass.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hallpass.api.v1alpha1.PodSelector;
import dev.hallpass.api.v1alpha1.PodSelector.Operator;
import dev.hallpass.api.v1alpha1.PodSelector.Requirement;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PodSelectorTest {
  private static final Map<String, String> LABELS = Map.of("app", "orders", "tier", "web");

  @Test
  void allMatchLabelsMustBeThere() {
    assertThat(new PodSelector(Map.of("app", "orders"), null).matches(LABELS)).isTrue();
    assertThat(new PodSelector(Map.of("app", "orders", "x", "y"), null).matches(LABELS)).isFalse();
    assertThat(new PodSelector(Map.of("app", "orders"), null).matches(null)).isFalse();
  }

  @Test
  void expressionsFollowTheKubernetesRules() {
    assertThat(matches("app", Operator.In, List.of("orders", "bills"))).isTrue();
    assertThat(matches("app", Operator.In, List.of("bills"))).isFalse();
    assertThat(matches("absent", Operator.In, List.of("x"))).isFalse();
    assertThat(matches("app", Operator.NotIn, List.of("orders"))).isFalse();
    assertThat(matches("absent", Operator.NotIn, List.of("x"))).isTrue();
    assertThat(matches("app", Operator.Exists, null)).isTrue();
    assertThat(matches("absent", Operator.Exists, null)).isFalse();
    assertThat(matches("absent", Operator.DoesNotExist, null)).isTrue();
    assertThat(matches("app", Operator.DoesNotExist, null)).isFalse();
  }

  @Test
  void labelsAndExpressionsMustBothHold() {
    var both =
        new PodSelector(
            Map.of("app", "orders"),
            List.of(new Requirement("tier", Operator.NotIn, List.of("web"))));

    assertThat(both.matches(LABELS)).isFalse();
  }

  private static boolean matches(String key, Operator operator, @Nullable List<String> values) {
    return new PodSelector(null, List.of(new Requirement(key, operator, values))).matches(LABELS);
  }
}
