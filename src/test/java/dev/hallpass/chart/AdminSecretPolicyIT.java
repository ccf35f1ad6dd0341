package dev.hallpass.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.hallpass.api.v1alpha1.CredentialProvider;
import dev.hallpass.testing.KubeApi;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingAdmissionPolicy;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingAdmissionPolicyBinding;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The chart's rule about what providers are administered with, in a real API server. Nothing
 * deletes what is in a namespace here, as no namespace controller runs: the test does.
 */
@ExtendWith(KubeApi.class)
class AdminSecretPolicyIT {
  private static final Set<String> KINDS =
      Set.of("Secret", "Role", "RoleBinding", "CredentialProvider");
  private static final Duration SOON = Duration.ofSeconds(60);

  private static final String TOKENS =
      """
      apiVersion: hallpass.dev/v1alpha1
      kind: CredentialProvider
      metadata: {name: tokens}
      spec:
        kubernetes: {}
        access:
        - {name: deployer, maxTtl: 1h, maxLifetime: 4h, kubernetes: {serviceAccountName: ci-deployer}}
      """;

  /** Grants that name no Secret, in forms that owners may choose. */
  private static final String BROAD =
      """
      apiVersion: rbac.authorization.k8s.io/v1
      kind: Role
      metadata: {name: everything}
      rules: [{apiGroups: ["*"], resources: ["*"], verbs: ["*"]}]
      ---
      apiVersion: rbac.authorization.k8s.io/v1
      kind: RoleBinding
      metadata: {name: to-the-user}
      roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: everything}
      subjects:
      - {apiGroup: rbac.authorization.k8s.io, kind: User, name: "system:serviceaccount:hallpass-system:hallpass-controller"}
      ---
      apiVersion: rbac.authorization.k8s.io/v1
      kind: RoleBinding
      metadata: {name: to-the-group}
      roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: everything}
      subjects:
      - {apiGroup: rbac.authorization.k8s.io, kind: Group, name: "system:serviceaccounts:hallpass-system"}
      ---
      apiVersion: rbac.authorization.k8s.io/v1
      kind: Role
      metadata: {name: pods-alone}
      rules: [{apiGroups: [""], resources: [pods], verbs: [get]}]
      ---
      apiVersion: rbac.authorization.k8s.io/v1
      kind: RoleBinding
      metadata: {name: to-somebody}
      roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: pods-alone}
      subjects: [{kind: ServiceAccount, name: default, namespace: default}]
      """;

  private final List<HasMetadata> rules = new ArrayList<>();
  private KubernetesClient client;
  private String namespace;

  @BeforeEach
  void install(KubeApi kube) throws IOException {
    client = kube.client();
    namespace = kube.namespace() + "-shop";
    client
        .resource(
            new NamespaceBuilder().withNewMetadata().withName(namespace).endMetadata().build())
        .create();
    for (var object : Helm.objects()) {
      if (object.getMetadata().getName().equals("hallpass-admin-secrets")
          && (object instanceof ValidatingAdmissionPolicy
              || object instanceof ValidatingAdmissionPolicyBinding)) {
        rules.add(client.resource(object).create());
      }
    }
    client.resource(other()).create();
  }

  private void createProviders() throws IOException {
    for (var file : List.of("provider.yaml", "mtls.yaml")) {
      create(
          Files.readString(Path.of("src/test/resources/e2e", file))
              .replaceAll("\\$\\{CA_[A-Z]+}", "")
              .replace("${DATABASE_HOST}", "db.example.org")
              .replace("${NAMESPACE}", namespace));
    }
  }

  /** As an owner applies what the documentation says. */
  private void createTokens() throws IOException {
    create(
        Files.readString(Path.of("config/providers/kubernetes/rights.yaml"))
            .replace("namespace: deployers", "namespace: " + namespace));
    create(TOKENS);
  }

  private void create(String yaml) {
    client.load(new ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8))).items().stream()
        .filter(o -> KINDS.contains(o.getKind()))
        .forEach(o -> client.resource(o).inNamespace(namespace).create());
  }

  private Secret other() {
    return new SecretBuilder()
        .withNewMetadata()
        .withName("other")
        .withNamespace(namespace)
        .endMetadata()
        .build();
  }

  @AfterEach
  void remove() {
    rules.reversed().forEach(o -> client.resource(o).delete());
  }

  @Test
  void whatAProviderIsAdministeredWithOutlastsItInANamespaceThatIsDeleted() throws IOException {
    createProviders();
    var secrets = client.secrets().inNamespace(namespace);
    var roles = client.rbac().roles().inNamespace(namespace);
    var bindings = client.rbac().roleBindings().inNamespace(namespace);
    client.namespaces().withName(namespace).delete();

    await("the rule is known")
        .atMost(SOON)
        .untilAsserted(
            () ->
                assertThatThrownBy(() -> tryToDelete("secrets", "orders-postgres-admin"))
                    .hasMessageContaining(
                        "CredentialProvider orders-postgres still ends its leases with this"
                            + " Secret: it is deleted after the provider"));
    assertThatThrownBy(() -> secrets.withName("mesh-ca").delete())
        .hasMessageContaining("CredentialProvider mesh still ends its leases with this Secret");
    assertThatThrownBy(() -> roles.withName("hallpass-orders-postgres").delete())
        .hasMessageContaining("still ends its leases by this grant");
    assertThatThrownBy(() -> bindings.withName("hallpass-orders-postgres").delete())
        .hasMessageContaining("still ends its leases by this grant");
    assertThat(secrets.withName("other").delete()).hasSize(1);

    assertThatAllGoesAfterTheProviders();
  }

  private void assertThatAllGoesAfterTheProviders() {
    var secrets = client.secrets().inNamespace(namespace);
    var roles = client.rbac().roles().inNamespace(namespace);
    var bindings = client.rbac().roleBindings().inNamespace(namespace);
    client.resources(CredentialProvider.class).inNamespace(namespace).delete();

    await("the rule knows that they are gone")
        .atMost(SOON)
        .ignoreExceptions()
        .untilAsserted(
            () -> {
              secrets.delete();
              roles.delete();
              bindings.delete();
              assertThat(secrets.list().getItems()).isEmpty();
              assertThat(roles.list().getItems()).isEmpty();
              assertThat(bindings.list().getItems()).isEmpty();
            });
  }

  private void tryToDelete(String kind, String name) {
    var group = kind.equals("secrets") ? "api/v1" : "apis/rbac.authorization.k8s.io/v1";
    client.raw(
        "/%s/namespaces/%s/%s/%s?dryRun=All".formatted(group, namespace, kind, name),
        "DELETE",
        null);
  }

  /** Its leases are ended by deleting Secrets of Hallpass's own, which no grant can name. */
  @Test
  void theGrantByWhichTokensEndOutlastsTheirProvider() throws IOException {
    createTokens();
    create(BROAD);
    var roles = client.rbac().roles().inNamespace(namespace);
    var bindings = client.rbac().roleBindings().inNamespace(namespace);
    client.namespaces().withName(namespace).delete();

    await("the rule is known")
        .atMost(SOON)
        .untilAsserted(
            () ->
                assertThatThrownBy(() -> tryToDelete("roles", "hallpass-controller-tokens"))
                    .hasMessageContaining(
                        "CredentialProvider tokens still ends its leases by this grant: it is"
                            + " deleted after the provider"));
    assertThatThrownBy(() -> roles.withName("everything").delete())
        .hasMessageContaining("still ends its leases by this grant");
    for (var kept : List.of("hallpass-controller-tokens", "to-the-user", "to-the-group")) {
      assertThatThrownBy(() -> bindings.withName(kept).delete())
          .as(kept)
          .hasMessageContaining("still ends its leases by this grant");
    }
    assertThat(roles.withName("pods-alone").delete()).hasSize(1);
    assertThat(bindings.withName("to-somebody").delete()).hasSize(1);
    // What tokens are bound to may go: they end with it.
    assertThat(client.secrets().inNamespace(namespace).withName("other").delete()).hasSize(1);

    assertThatAllGoesAfterTheProviders();
  }

  /** Who takes the Secret away can bring it back, as long as the namespace stays. */
  @Test
  void elsewhereItsOwnerMayDeleteIt() throws IOException {
    createProviders();
    assertThat(client.secrets().inNamespace(namespace).withName("orders-postgres-admin").delete())
        .hasSize(1);
  }
}
