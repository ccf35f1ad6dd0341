package dev.hallpass.policy.cel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LanguageTest {
  /** A Monday, 11:30 in Berlin. */
  private static final Instant MONDAY = Instant.parse("2026-03-02T10:30:00Z");

  record Facts(Pod pod, Instant now, Duration ttl, @Nullable Pod other) {}

  private static final Language<Facts> LANGUAGE = new Language<>(Facts.class);

  private final Scope<Facts> scope =
      LANGUAGE.scope(
          new Facts(
              new PodBuilder()
                  .withNewMetadata()
                  .withName("orders-1")
                  .withLabels(Map.of("app", "orders", "team.example/name", "shop"))
                  .endMetadata()
                  .withNewSpec()
                  .withServiceAccountName("orders")
                  .withPriority(1000)
                  .addNewContainer()
                  .withName("app")
                  .withImage("registry.example:5000/shop/orders:1.2@sha256:" + "0".repeat(64))
                  .withNewResources()
                  .addToLimits("memory", new Quantity("512Mi"))
                  .endResources()
                  .endContainer()
                  .endSpec()
                  .build(),
              MONDAY,
              Duration.ofMinutes(15),
              null));

  @ParameterizedTest
  @ValueSource(
      strings = {
        "pod.metadata.name == 'orders-1'",
        "pod.metadata.labels.app == 'orders'",
        "pod.metadata.labels['team.example/name'] == 'shop'",
        "'app' in pod.metadata.labels && !('tier' in pod.metadata.labels)",
        "has(pod.spec.serviceAccountName) && !has(pod.spec.nodeName)",
        "pod.spec.?nodeName.orValue('none') == 'none'",
        "pod.spec.priority >= 1000",
        "cidr('10.0.0.0/8').containsIP('10.255.0.1') && !cidr('10.0.0.0/8').containsIP('11.0.0.1')",
        "cidr('2001:db8::/32').containsIP('2001:db8:1::1') && !cidr('0.0.0.0/0').containsIP('::1')",
        "cidr('10.1.2.3/32').containsIP('10.1.2.3') && cidr('0.0.0.0/0').containsIP('8.8.8.8')",
        "ip('10.0.0.1').family() == 4 && ip('fe80::1').isLinkLocalUnicast() && isIP('::1') && !isIP('a')",
        "cidr('10.0.0.0/8').containsCIDR('10.1.0.0/16') && !isCIDR('10.0.0.0/33')",
        "isQuantity('1Gi') && !isQuantity('much')",
        "pod.metadata.labels.exists(key, value, key == 'app' && value == 'orders')",
        "cel.bind(name, pod.metadata.name.split('-'), name[0] == 'orders' && name[1] == '1')",
        "sets.contains(['a', 'b'], ['a'])",
        "pod.spec.priority > 999.5",
        "other == null",
        "ttl <= duration('15m') && ttl > duration('1m')",
        "now > timestamp('2026-01-01T00:00:00Z')",
        "now.getDayOfWeek('Europe/Berlin') == 1 && now.getHours('Europe/Berlin') == 11",
        "now.within('Mon-Fri 08:00-18:00', 'Europe/Berlin')",
        "pod.spec.containers.all(c, image(c.image).registry() == 'registry.example:5000')",
        "pod.spec.containers.all(c, image(c.image).digest().startsWith('sha256:'))",
        "image('nginx').repository() == 'library/nginx' && image('nginx').tag() == ''",
        "image('ghcr.io/a/b:v1').tag() == 'v1'",
        "quantity(pod.spec.containers[0].resources.limits['memory']).isLessThan(quantity('1Gi'))",
        "quantity('1').compareTo(quantity('1000m')) == 0",
        "pod.metadata.name.split('-')[0] == 'orders'",
        "pod.metadata.name.matches('^orders-[0-9]+$')",
      })
  void holds(String expression) {
    assertThat(LANGUAGE.condition(expression).evaluate(scope)).isEqualTo(true);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          pod.metadata.nam == ''             | line 1, column 13: undefined field 'nam'
          pod.spec.containers.all(c, c.imag) | line 1, column 29: undefined field 'imag'
          pods.size() > 0                    | line 1, column 1: undeclared reference to 'pods'
          pod.metadata.name > 3              | line 1, column 19: found no matching overload
          ttl > duration('fifteen')          | line 1, column 16: duration validation failed
          pod.metadata.name.matches('[')     | line 1, column 27: Regex validation failed
          1 +                                | line 1, column
          pod.metadata.name                  | must give a bool, and gives a string
          """)
  void isRefusedWithItsPlace(String expression, String message) {
    assertThatThrownBy(() -> LANGUAGE.condition(expression))
        .isInstanceOf(ExpressionException.class)
        .hasMessageContaining(message);
  }

  @Test
  void theLineIsTheOneOfTheAuthor() {
    assertThatThrownBy(() -> LANGUAGE.condition("pod.metadata.name == 'a' ||\n  pod.metadta == ''"))
        .hasMessageContaining("line 2, column 6");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "pod.spec.nodeName == 'a'",
        "pod.metadata.labels['absent'] == 'a'",
        "pod.spec.containers[3].image == 'a'",
        "1 / (pod.spec.priority - 1000) > 0",
        "now.within('weekdays', 'Europe/Berlin')",
        "now.within('Mon-Fri 08:00-18:00', 'Mars/Base')",
        "image('').tag() == ''",
        "cidr('10.0.0.0').containsIP('10.0.0.1')",
        "cidr('10.0.0.0/33').containsIP('10.0.0.1')",
        "cidr('10.1/8').containsIP('10.0.0.1')",
        "cidr('10.0.0.0/8').containsIP('10.1')",
        "cidr('10.0.0.0/8').containsIP('010.0.0.1')",
        "cidr('example.org/8').containsIP('10.0.0.1')",
        "cidr('10.0.0.0/8').containsIP('localhost')",
        "quantity('much').isLessThan(quantity('1Gi'))",
        "other.metadata.name == 'a'",
      })
  void hasNoValue(String expression) {
    var compiled = LANGUAGE.condition(expression);

    assertThatThrownBy(() -> compiled.evaluate(scope)).isInstanceOf(ExpressionException.class);
  }

  @Test
  void takesNoMoreStepsThanItMay() {
    var ten = "[0,1,2,3,4,5,6,7,8,9]";
    var many =
        LANGUAGE.condition(
            "%1$s.all(a, %1$s.all(b, %1$s.all(c, %1$s.all(d, %1$s.all(e, a + b + c + d + e >= 0)))))"
                .formatted(ten));

    assertThatThrownBy(() -> many.evaluate(scope))
        .hasMessageContaining("Iteration budget exceeded");
  }

  @Test
  void isBoundedInLengthAndDepth() {
    assertThatThrownBy(() -> LANGUAGE.condition("true" + " && true".repeat(600)))
        .isInstanceOf(ExpressionException.class);
    assertThatThrownBy(() -> LANGUAGE.condition("(".repeat(100) + "true" + ")".repeat(100)))
        .isInstanceOf(ExpressionException.class);
  }

  @Test
  void anUntypedVariableIsCheckedWhenItIsReadAndNoOther() {
    var loose = Language.untyped(Facts.class, "other");
    var facts = new Facts(new PodBuilder().build(), MONDAY, Duration.ofMinutes(15), null);

    assertThat(
            loose
                .condition("other.spec.level == 3")
                .evaluate(loose.scope(facts).with("other", Map.of("spec", Map.of("level", 3L)))))
        .isEqualTo(true);
    assertThatThrownBy(() -> LANGUAGE.condition("other.spec.level == 3"))
        .hasMessageContaining("undefined field 'level'");
    assertThatThrownBy(() -> loose.condition("pod.spec.level == 3"))
        .hasMessageContaining("undefined field 'level'");
    assertThatThrownBy(() -> loose.condition("other.spec.open"))
        .hasMessage(
            "must give a bool, and gives what is known only when it is read; write bool(…)");
  }
}
