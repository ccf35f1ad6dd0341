package dev.hallpass.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.hallpass.testing.KubeApi;
import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReviewBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What the holders of Kubernetes' own roles view, edit and admin may do with Hallpass in their
 * namespace, asked of a real API server.
 */
@ExtendWith(KubeApi.class)
class UserRolesIT {
  private static final Path TEMPLATE = Path.of("helm/hallpass/templates/user-roles.yaml");
  private static final String NAMESPACE = "default";
  private static final String AGGREGATES = "rbac.authorization.k8s.io/aggregate-to-";
  private static final List<String> KUBERNETES_ROLES = List.of("view", "edit", "admin");

  private static KubernetesClient client;
  private static List<ClusterRole> roles;

  @BeforeAll
  static void bind(KubeApi api) throws IOException {
    client = api.client();
    roles = roles();
    roles.forEach(role -> client.resource(role).serverSideApply());
    for (var holder : KUBERNETES_ROLES) {
      // As the controller manager aggregates, which is not part of an API server.
      roles.stream()
          .filter(role -> role.getMetadata().getLabels() != null)
          .filter(role -> "true".equals(role.getMetadata().getLabels().get(AGGREGATES + holder)))
          .forEach(role -> bind(holder, role));
    }
  }

  private static void bind(String holder, ClusterRole role) {
    client
        .resource(
            new RoleBindingBuilder()
                .withNewMetadata()
                .withName(holder + "-" + role.getMetadata().getName())
                .withNamespace(NAMESPACE)
                .endMetadata()
                .addNewSubject()
                .withApiGroup("rbac.authorization.k8s.io")
                .withKind("User")
                .withName(holder)
                .endSubject()
                .withNewRoleRef()
                .withApiGroup("rbac.authorization.k8s.io")
                .withKind("ClusterRole")
                .withName(role.getMetadata().getName())
                .endRoleRef()
                .build())
        .serverSideApply();
  }

  @ParameterizedTest
  @CsvSource(
      useHeadersInDisplayName = true,
      textBlock =
          """
          VERB,   RESOURCE,                  VIEW,  EDIT,  ADMIN
          list,   credentialrequests,        true,  true,  true
          watch,  credentialproviders,       true,  true,  true
          get,    credentialleases,          true,  true,  true
          create, credentialrequests,        false, true,  true
          patch,  credentialrequests,        false, true,  true
          delete, credentialrequests,        false, true,  true
          update, credentialrequests/status, false, false, false
          delete, credentialleases,          false, true,  true
          create, credentialleases,          false, false, false
          patch,  credentialleases,          false, false, false
          update, credentialleases/status,   false, false, false
          create, credentialproviders,       false, false, true
          patch,  credentialproviders,       false, false, true
          delete, credentialproviders,       false, false, true
          update, credentialproviders/status, false, false, false
          create, clustercredentialproviders, false, false, false
          list,   credentialpolicies,        true,  true,  true
          create, credentialpolicies,        false, false, false
          patch,  credentialpolicies,        false, false, false
          list,   breakglasses,              true,  true,  true
          create, breakglasses,              false, false, false
          patch,  breakglasses,              false, false, false
          delete, breakglasses,              false, false, false
          approve, credentialpolicies,       false, false, false
          break-glass, credentialpolicies,   false, false, false
          review, credentialpolicies,        false, false, false
          list,   credentialapprovals,       true,  true,  true
          create, credentialapprovals,       false, false, false
          delete, credentialapprovals,       false, false, false
          """)
  void mayDoWhatTheirRoleSays(
      String verb, String resource, boolean view, boolean edit, boolean admin) {
    // The authorizer learns of new roles by a watch.
    await()
        .untilAsserted(
            () ->
                assertThat(KUBERNETES_ROLES.stream().map(who -> allowed(who, verb, resource)))
                    .containsExactly(view, edit, admin));
  }

  @Test
  void grantsNothingBeyondHallpassAndNoWildcards() {
    assertThat(roles)
        .hasSize(8)
        .flatExtracting(ClusterRole::getRules)
        .allSatisfy(
            rule -> {
              assertThat(rule.getApiGroups()).containsExactly("hallpass.dev");
              assertThat(rule.getResources()).doesNotContain("*");
              assertThat(rule.getVerbs()).doesNotContain("*");
            });
  }

  private static boolean allowed(String user, String verb, String resource) {
    var parts = resource.split("/", 2);
    return client
        .authorization()
        .v1()
        .subjectAccessReview()
        .create(
            new SubjectAccessReviewBuilder()
                .withNewSpec()
                .withUser(user)
                .withNewResourceAttributes()
                .withVerb(verb)
                .withGroup("hallpass.dev")
                .withResource(parts[0])
                .withSubresource(parts.length == 2 ? parts[1] : null)
                .withNamespace(NAMESPACE)
                .endResourceAttributes()
                .endSpec()
                .build())
        .getStatus()
        .getAllowed();
  }

  /** The template without its actions, which leaves YAML. */
  private static List<ClusterRole> roles() throws IOException {
    var yaml = Files.readString(TEMPLATE).replaceAll("(?m)^\\s*\\{\\{.*}}$\n", "");
    return Arrays.stream(yaml.split("(?m)^---$"))
        .map(document -> Serialization.unmarshal(document, ClusterRole.class))
        .toList();
  }
}
