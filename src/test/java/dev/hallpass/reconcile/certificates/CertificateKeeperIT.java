package dev.hallpass.reconcile.certificates;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hallpass.pki.Lifetimes;
import dev.hallpass.pki.Rotation;
import dev.hallpass.pki.ServingNames;
import dev.hallpass.testing.KubeApi;
import dev.hallpass.testing.UnaskedWebhook;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(KubeApi.class)
class CertificateKeeperIT {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final ServingNames NAMES =
      new ServingNames(List.of("hallpass-broker.hallpass-system.svc"));

  private KubeApi kube;
  private UnaskedWebhook webhook;
  private CertificateNames names;

  @BeforeEach
  void follow(KubeApi api) {
    kube = api;
    webhook = new UnaskedWebhook(api);
    names =
        new CertificateNames(kube.namespace(), "hallpass-ca", "hallpass-serving", webhook.name());
  }

  @AfterEach
  void removeWebhook() {
    webhook.close();
  }

  @Test
  void makesBothSecretsAndTellsTheApiServerWhatToTrust() {
    var again = keeper(NOW).reconcile();

    var ca = secret("hallpass-ca");
    var serving = secret("hallpass-serving");
    assertThat(ca.getData()).containsOnlyKeys("ca.crt", "ca.key", "previous.crt");
    assertThat(serving.getData()).containsOnlyKeys("tls.crt", "tls.key", "ca-bundle.crt");
    assertThat(serving.getType()).isEqualTo("kubernetes.io/tls");
    assertThat(serving.getData().get("ca-bundle.crt")).isEqualTo(ca.getData().get("ca.crt"));
    assertThat(caBundle()).isEqualTo(serving.getData().get("ca-bundle.crt"));
    assertThat(webhook.now().getMetadata().getLabels()).containsEntry("team", "platform");
    assertThat(webhook.now().getWebhooks().getFirst().getClientConfig().getUrl())
        .isEqualTo("https://127.0.0.1:1/");
    assertThat(again).isEqualTo(NOW.plus(Duration.ofMinutes(1)));
  }

  @Test
  void writesNothingWhereNothingIsDue() {
    keeper(NOW).reconcile();
    var before = versions();

    keeper(NOW.plus(Duration.ofDays(1))).reconcile();

    assertThat(versions()).isEqualTo(before);
  }

  @Test
  void healsWhatWasEditedByHand() {
    keeper(NOW).reconcile();
    var healthy = secret("hallpass-serving").getData();
    edit("hallpass-serving", Map.of("tls.key", "aHVudGVyMg==", "ca-bundle.crt", ""));
    kube.client()
        .resource(webhook.now())
        .edit(
            c -> {
              c.getWebhooks().getFirst().getClientConfig().setCaBundle(null);
              return c;
            });

    keeper(NOW).reconcile();

    var healed = secret("hallpass-serving").getData();
    assertThat(healed.get("ca-bundle.crt")).isEqualTo(healthy.get("ca-bundle.crt"));
    assertThat(CertificateSecrets.read(secret("hallpass-ca").getData(), healed).unreadable())
        .isEmpty();
    assertThat(caBundle()).isEqualTo(healthy.get("ca-bundle.crt"));
  }

  @Test
  void aLostCaKeyChangesNoLeafUntilTheNewCaHasSpread() {
    keeper(NOW).reconcile();
    var leaf = secret("hallpass-serving").getData().get("tls.crt");
    edit("hallpass-ca", Map.of("ca.key", "aHVudGVyMg=="));

    keeper(NOW).reconcile();

    assertThat(secret("hallpass-serving").getData()).containsEntry("tls.crt", leaf);
    keeper(NOW.plus(Lifetimes.DEFAULT.overlap())).reconcile();
    assertThat(secret("hallpass-serving").getData().get("tls.crt")).isNotEqualTo(leaf);
    assertThat(caBundle()).isEqualTo(secret("hallpass-serving").getData().get("ca-bundle.crt"));
  }

  /** Key pairs are made between reading and writing: the moment for another to be faster. */
  @Test
  void ofTwoThatStartTogetherOneYields() {
    var faster = keeper(NOW);
    var slower =
        new CertificateKeeper(
            kube.client(), names, rotation(interruptedBy(faster)), List.of(), at(NOW));

    var again = slower.reconcile();

    assertThat(again).isEqualTo(NOW.plus(Duration.ofSeconds(2)));
    var before = versions();
    assertThat(slower.reconcile()).isEqualTo(NOW.plus(Duration.ofMinutes(1)));
    assertThat(versions()).isEqualTo(before);
  }

  @Test
  void aStalledControllerDoesNotOverwriteAFresherCa() {
    keeper(NOW).reconcile();
    var due = NOW.plus(Duration.ofDays(1300));
    var faster = keeper(due);
    var stalled =
        new CertificateKeeper(
            kube.client(), names, rotation(interruptedBy(faster)), List.of(), at(due));

    stalled.reconcile();

    var bundle = secret("hallpass-serving").getData().get("ca-bundle.crt");
    assertThat(caBundle()).isEqualTo(bundle);
    var before = versions();
    faster.reconcile();
    assertThat(versions()).isEqualTo(before);
  }

  @Test
  void aBundleThatWasDecidedOnAnOlderConfigurationIsNotWritten() {
    keeper(NOW).reconcile();
    var fresh = caBundle();
    var stale = WebhookTrust.read(kube.client(), names.webhook()).orElseThrow();
    kube.client()
        .resource(webhook.now())
        .edit(
            c -> {
              c.getMetadata().getLabels().put("edited", "meanwhile");
              return c;
            });

    assertThatThrownBy(() -> stale.set("an older bundle"))
        .isInstanceOfSatisfying(
            KubernetesClientException.class, e -> assertThat(e.getCode()).isEqualTo(409));
    assertThat(caBundle()).isEqualTo(fresh);
  }

  @Test
  void withoutAWebhookTheSecretsAreKeptAllTheSame() {
    var without =
        new CertificateNames(kube.namespace(), "hallpass-ca", "hallpass-serving", "missing");

    new CertificateKeeper(kube.client(), without, rotation(new SecureRandom()), List.of(), at(NOW))
        .reconcile();

    assertThat(secret("hallpass-serving")).isNotNull();
  }

  private CertificateKeeper keeper(Instant now) {
    return new CertificateKeeper(
        kube.client(), names, rotation(new SecureRandom()), List.of(), at(now));
  }

  private static Rotation rotation(SecureRandom random) {
    return new Rotation(NAMES, Lifetimes.DEFAULT, random);
  }

  private static Clock at(Instant now) {
    return Clock.fixed(now, ZoneOffset.UTC);
  }

  private static SecureRandom interruptedBy(CertificateKeeper other) {
    return new SecureRandom() {
      private static final long serialVersionUID = 1L;
      private transient CertificateKeeper pending = other;

      @Override
      public void nextBytes(byte[] bytes) {
        var first = pending;
        pending = null;
        if (first != null) {
          first.reconcile();
        }
        super.nextBytes(bytes);
      }
    };
  }

  private void edit(String name, Map<String, String> data) {
    kube.client().resource(new SecretBuilder(secret(name)).addToData(data).build()).update();
  }

  private Secret secret(String name) {
    return kube.client().secrets().inNamespace(kube.namespace()).withName(name).get();
  }

  private String caBundle() {
    return webhook.caBundle();
  }

  private List<String> versions() {
    return List.of(
        secret("hallpass-ca").getMetadata().getResourceVersion(),
        secret("hallpass-serving").getMetadata().getResourceVersion(),
        webhook.now().getMetadata().getResourceVersion());
  }
}
