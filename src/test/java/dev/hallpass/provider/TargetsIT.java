package dev.hallpass.provider;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.hallpass.api.v1alpha1.ClusterCredentialProvider;
import dev.hallpass.api.v1alpha1.CredentialProvider;
import dev.hallpass.api.v1alpha1.CredentialProviderSpec;
import dev.hallpass.api.v1alpha1.CredentialProviderStatus;
import dev.hallpass.testing.KubeApi;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.client.utils.Serialization;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(KubeApi.class)
class TargetsIT {
  private static final String SPEC =
      "{postgresql: {host: h, database: d, adminSecretRef: {name: admin}}, access: []}";

  @Test
  void ownersOfANamespaceLetHallpassReadTheirSecretByARole(KubeApi api) {
    var provider =
        Serialization.unmarshal(
            "metadata: {name: pg, namespace: %s}\nspec: %s".formatted(api.namespace(), SPEC),
            CredentialProvider.class);

    refuses(
        api,
        provider,
        "spec.postgresql.adminSecretRef: Secret %s/admin cannot be read (HTTP 403); it must exist, and"
            + " a Role and a RoleBinding must let Hallpass get it");
  }

  @Test
  void theSecretOfAClusterProviderIsNamedInTheChart(KubeApi api) {
    var provider =
        Serialization.unmarshal(
            "metadata: {name: pg}\nspec: " + SPEC, ClusterCredentialProvider.class);

    refuses(
        api,
        provider,
        "spec.postgresql.adminSecretRef: Secret %s/admin cannot be read (HTTP 403); it must exist, and"
            + " the chart's value adminSecrets must name it");
  }

  private static void refuses(
      KubeApi api,
      CustomResource<CredentialProviderSpec, CredentialProviderStatus> provider,
      String message) {
    try (var powerless = api.client("powerless")) {
      var targets = new Targets(powerless, api.namespace());

      assertThatExceptionOfType(TargetException.class)
          .isThrownBy(() -> targets.target(provider))
          .withMessage(message, api.namespace());
    }
  }
}
