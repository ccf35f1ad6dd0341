package dev.hallpass.e2e;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.hallpass.api.v1alpha1.EndedBy;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.Objects;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Isolated;

/** Pods are created all the time, and none fails, whatever happens to Hallpass meanwhile. */
@Isolated
@ExtendWith(HallpassCluster.class)
class AvailabilityE2E {

  @Test
  void aRollingUpgradeCostsNoPod(Scene scene) {
    try (var stream = PodStream.into(scene)) {
      var installed = new Installed(scene.client());
      installed.deployment(Installed.BROKER).rolling().restart();
      installed.awaitRolledOut(Installed.BROKER);

      stream.assertUnbroken();
    }
  }

  /** Sessions that are open stay open, and what ends meanwhile is revoked. */
  @Test
  void anUpgradeLeavesLiveLeasesAlone(Scene scene) {
    var pod = scene.served("holder");
    var before = scene.awaitActive(pod);
    var subject = before.getStatus().subject();
    var leaving = scene.served("reader");
    var login = scene.login(leaving);

    var installed = new Installed(scene.client());
    installed.deployment(Installed.CONTROLLER).rolling().restart();
    installed.deployment(Installed.BROKER).rolling().restart();
    scene.scale("reader", 0);
    installed.awaitRolledOut();

    scene.assertEnded(leaving, login, EndedBy.PodDeleted);
    var after = scene.awaitActive(pod);
    assertThat(after.getMetadata().getUid()).isEqualTo(before.getMetadata().getUid());
    assertThat(after.getStatus().epoch()).isEqualTo(before.getStatus().epoch());
    assertThat(scene.database().sessions(subject)).isEqualTo(1);
  }

  /** Else the next one would wait until the Lease has run out. */
  @Test
  void aControllerThatIsAskedToGoHandsLeadershipOver(Scene scene) throws IOException {
    var leader = awaitLeader(scene, l -> true);
    var pod = scene.client().pods().inNamespace(Scene.SYSTEM_NAMESPACE).withName(leader);
    try (var said = new ByteArrayOutputStream();
        var _ = pod.tailingLines(0).watchLog(said)) {
      pod.delete();
      await("the leader to be gone").atMost(Duration.ofSeconds(90)).until(() -> pod.get() == null);
      await("its last words")
          .atMost(Duration.ofSeconds(60))
          .untilAsserted(() -> assertThat(said.toString(UTF_8)).contains("leadership handed over"));
      assertThat(said.toString(UTF_8)).doesNotContain("\"level\":\"ERROR\"", "Exception in thread");
    }
    awaitLeader(scene, l -> !l.equals(leader));
    new Installed(scene.client()).awaitRolledOut();
  }

  private static String awaitLeader(Scene scene, Predicate<String> fits) {
    var lease =
        scene.client().leases().inNamespace(Scene.SYSTEM_NAMESPACE).withName(Installed.CONTROLLER);
    return await("a leader")
        .atMost(Duration.ofSeconds(90))
        .until(
            () -> Objects.toString(lease.get().getSpec().getHolderIdentity(), ""),
            holder -> !holder.isEmpty() && fits.test(holder));
  }

  @Test
  void theLossOfAReplicaCostsNoPod(Scene scene) {
    try (var stream = PodStream.into(scene)) {
      var installed = new Installed(scene.client());
      var lost = installed.brokers().getFirst();
      scene.client().pods().resource(lost).withGracePeriod(1).delete();
      installed.awaitReplaced(lost.getMetadata().getName());

      stream.assertUnbroken();
    }
  }

  @Test
  void newCertificatesCostNoPod(Scene scene) {
    try (var stream = PodStream.into(scene)) {
      var serving = secret(scene, "hallpass-serving").getData().get("tls.crt");
      var trusted = trusted(scene);

      // Its serving certificate is lost, and then the key of its CA: another CA is to follow.
      scene
          .client()
          .secrets()
          .inNamespace(Scene.SYSTEM_NAMESPACE)
          .withName("hallpass-serving")
          .delete();
      await("another serving certificate")
          .atMost(Duration.ofSeconds(60))
          .until(
              () -> {
                var made = secret(scene, "hallpass-serving");
                return made != null && !made.getData().get("tls.crt").equals(serving);
              });
      loseKey(scene);
      await("a second CA in the bundle")
          .atMost(Duration.ofSeconds(60))
          .until(() -> certificates(trusted(scene)) > certificates(trusted));

      stream.assertUnbroken();
    }
  }

  private static void loseKey(Scene scene) {
    scene
        .client()
        .secrets()
        .inNamespace(Scene.SYSTEM_NAMESPACE)
        .withName("hallpass-ca")
        .edit(
            s -> {
              var data = new HashMap<>(s.getData());
              data.remove("ca.key");
              return new SecretBuilder(s).withData(data).build();
            });
  }

  private static String trusted(Scene scene) {
    return scene
        .client()
        .admissionRegistration()
        .v1()
        .mutatingWebhookConfigurations()
        .withName("hallpass")
        .get()
        .getWebhooks()
        .getFirst()
        .getClientConfig()
        .getCaBundle();
  }

  private static int certificates(String bundle) {
    var pem = new String(Base64.getDecoder().decode(bundle), US_ASCII);
    return pem.split("BEGIN CERTIFICATE", -1).length - 1;
  }

  private static Secret secret(Scene scene, String name) {
    return scene.client().secrets().inNamespace(Scene.SYSTEM_NAMESPACE).withName(name).get();
  }
}
