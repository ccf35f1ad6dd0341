package dev.hallpass.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.hallpass.api.v1alpha1.CredentialProvider;
import dev.hallpass.api.v1alpha1.EndedBy;
import dev.hallpass.lease.LeaseJudge;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Isolated;

/** Hallpass goes, and comes back. After all others, which could not do without it meanwhile. */
@Isolated
@Order(Integer.MAX_VALUE)
@ExtendWith(HallpassCluster.class)
class UninstallE2E {
  private static final Duration SOON = Duration.ofMinutes(3);

  @Test
  void itGoesWithAllThatItHasOnceNobodyHoldsAnything(Scene scene) {
    var installed = new Installed(scene.client());
    var pod = scene.served("reader");
    var login = scene.login(pod);
    var provider = provider(scene);
    try {
      assertRefused(scene, installed);
      assertThat(scene.database().admits(login.username(), login.password())).isTrue();

      scene.scale("reader", 0);
      scene.assertEnded(pod, login, EndedBy.PodDeleted);
      scene.client().resource(provider).delete();
      awaitNothingHeld(scene);
      assertGone(scene, installed);
    } finally {
      putBack(scene, installed);
    }

    provider.getMetadata().setResourceVersion(null);
    scene.client().resource(provider).create();
    scene.scale("reader", 1);
    scene.awaitActive(scene.awaitRunning("reader"));
  }

  private static void assertRefused(Scene scene, Installed installed) {
    assertThatThrownBy(() -> installed.helm("uninstall", "hallpass"))
        .hasMessageContaining("UninstallRefused")
        .hasMessageContaining("1 in " + scene.namespace())
        .hasMessageContaining("Once Hallpass is gone nobody ends them");
    installed.awaitRolledOut();
  }

  private static void assertGone(Scene scene, Installed installed) {
    var parts = parts(scene.client(), installed);
    assertThat(parts)
        .extracting(HasMetadata::getKind)
        .contains(
            "MutatingWebhookConfiguration",
            "ValidatingAdmissionPolicy",
            "ValidatingAdmissionPolicyBinding",
            "ClusterRole",
            "ClusterRoleBinding",
            "Role",
            "RoleBinding",
            "ServiceAccount",
            "Job");

    Host.run("hack/install", "--uninstall");

    assertThat(left(scene.client(), parts))
        .isNotEmpty()
        .extracting(HasMetadata::getKind)
        .containsOnly("CustomResourceDefinition");
    assertThat(scene.client().namespaces().withName(Scene.SYSTEM_NAMESPACE).get())
        .as("with what Hallpass made itself: keys, certificates, heads of trails, elections")
        .isNull();
    assertThat(scene.leases()).isEmpty();
    assertThat(scene.request()).as("the request stays").isNotNull();
  }

  private static CredentialProvider provider(Scene scene) {
    return scene
        .client()
        .resources(CredentialProvider.class)
        .inNamespace(scene.namespace())
        .withName("orders-postgres")
        .get();
  }

  /** What tests before this one have left is still on its way out. */
  private static void awaitNothingHeld(Scene scene) {
    await("no provider, and no lease that is not over, in any namespace")
        .atMost(SOON)
        .untilAsserted(
            () -> {
              assertThat(
                      scene
                          .client()
                          .resources(CredentialProvider.class)
                          .inAnyNamespace()
                          .list()
                          .getItems())
                  .isEmpty();
              assertThat(scene.allLeases()).allMatch(LeaseJudge::over);
            });
  }

  /** Whatever Helm has put there, or puts there to ask whether it may go. */
  private static List<HasMetadata> parts(KubernetesClient client, Installed installed) {
    var text =
        installed.helm("get", "manifest", "hallpass") + installed.helm("get", "hooks", "hallpass");
    return client.load(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8))).items();
  }

  private static List<HasMetadata> left(KubernetesClient client, List<HasMetadata> parts) {
    return parts.stream().filter(p -> client.resource(p).get() != null).toList();
  }

  /** Wherever the uninstall came to an end. */
  private static void putBack(Scene scene, Installed installed) {
    await("the namespace is there, or gone")
        .atMost(SOON)
        .until(
            () -> {
              var namespace = scene.client().namespaces().withName(Scene.SYSTEM_NAMESPACE).get();
              return namespace == null || namespace.getMetadata().getDeletionTimestamp() == null;
            });
    installed.asUsual();
  }
}
