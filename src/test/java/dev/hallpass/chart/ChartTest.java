package dev.hallpass.chart;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hallpass.api.v1alpha1.HallpassApi;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the chart's templates grant, and what they share with the code. */
class ChartTest {
  private static final Path TEMPLATES = Path.of("helm/hallpass/templates");

  @ParameterizedTest
  @ValueSource(strings = {"broker", "controller", "uninstall-check"})
  void noProcessReachesSecretsAcrossTheCluster(String component) throws IOException {
    assertThat(clusterRules(component))
        .isNotEmpty()
        .allSatisfy(
            rule -> {
              assertThat(rule.getResources()).doesNotContain("secrets", "*");
              assertThat(rule.getApiGroups()).doesNotContain("*");
              assertThat(rule.getVerbs()).doesNotContain("*", "escalate", "bind", "impersonate");
            });
  }

  @Test
  void theBrokerDeletesNothing() throws IOException {
    assertThat(clusterRules("broker"))
        .allSatisfy(
            rule -> assertThat(rule.getVerbs()).doesNotContain("delete", "deletecollection"));
  }

  @Test
  void theControllerCreatesNoLease() throws IOException {
    assertThat(clusterRules("controller"))
        .filteredOn(rule -> rule.getApiGroups().contains(HallpassApi.GROUP))
        .isNotEmpty()
        .allSatisfy(rule -> assertThat(rule.getVerbs()).doesNotContain("create"));
  }

  @Test
  void theCheckBeforeAnUninstallReadsLeasesAndNothingElse() throws IOException {
    assertThat(clusterRules("uninstall-check"))
        .singleElement()
        .satisfies(
            rule -> {
              assertThat(rule.getApiGroups()).containsExactly(HallpassApi.GROUP);
              assertThat(rule.getResources()).containsExactly("credentialleases");
              assertThat(rule.getVerbs()).containsExactly("list");
            });
  }

  @Test
  void theWebhookSelectsNamespacesByTheLabelTheCodeNames() throws IOException {
    assertThat(template("webhook.yaml"))
        .contains("matchLabels: {" + HallpassApi.INJECTION_LABEL + ": enabled}");
  }

  private static List<PolicyRule> clusterRules(String component) throws IOException {
    return Arrays.stream(template(component + "-rbac.yaml").split("(?m)^---$"))
        .filter(document -> document.contains("\nkind: ClusterRole\n"))
        .map(document -> Serialization.unmarshal(document, ClusterRole.class))
        .flatMap(role -> role.getRules().stream())
        .toList();
  }

  /** The template without its actions, which leaves YAML. */
  private static String template(String name) throws IOException {
    return Files.readString(TEMPLATES.resolve(name))
        .replaceAll("(?m)^\\s*\\{\\{.*}}$\n", "")
        .replaceAll("\\{\\{.*?}}", "{}");
  }
}
