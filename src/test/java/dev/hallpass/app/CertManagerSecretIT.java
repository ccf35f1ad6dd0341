package dev.hallpass.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hallpass.pki.Identity;
import dev.hallpass.pki.Pem;
import dev.hallpass.reconcile.certificates.CertificateNames;
import dev.hallpass.reconcile.certificates.TrustKeeper;
import dev.hallpass.testing.KubeApi;
import dev.hallpass.testing.TestAuthority;
import dev.hallpass.testing.UnaskedWebhook;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A Secret as cert-manager writes it: {@code tls.crt} with its chain, {@code tls.key}, {@code
 * ca.crt}.
 */
@ExtendWith(KubeApi.class)
class CertManagerSecretIT {
  private static final CertificateSource SOURCE = CertificateSource.CERT_MANAGER;

  private final TestAuthority authority = new TestAuthority();
  private final TestAuthority next = new TestAuthority();
  private final BlockingQueue<Identity> served = new LinkedBlockingQueue<>();
  private KubeApi kube;
  private ServingCertificate certificate;
  private UnaskedWebhook webhook;

  @BeforeEach
  void follow(KubeApi api) {
    kube = api;
    certificate =
        new ServingCertificate(
            api.client(), api.namespace(), SOURCE, next.bundle() + "\n", served::add);
    certificate.start();
    webhook = new UnaskedWebhook(api);
  }

  @AfterEach
  void close() {
    certificate.close();
    webhook.close();
    authority.close();
    next.close();
  }

  @Test
  void isServedWithItsChainAndTrustedBesideTheNextAuthority() throws InterruptedException {
    var leaf = authority.server("DNS:hallpass-broker.hallpass-system.svc");

    keep(leaf.certificate() + authority.bundle(), leaf.key(), authority.bundle());

    var identity = served.poll(60, TimeUnit.SECONDS);
    assertThat(identity.certificate()).isEqualTo(only(leaf.certificate()));
    assertThat(identity.intermediates()).containsExactly(only(authority.bundle()));
    assertThat(Pem.certificates(certificate.trustBundle()))
        .containsExactly(only(authority.bundle()), only(next.bundle()));
  }

  @Test
  void followsARenewalAndKeepsTheLastOneWhereTheSecretIsIncomplete() throws InterruptedException {
    var first = authority.server("DNS:a");
    keep(first.certificate(), first.key(), authority.bundle());
    assertThat(served.poll(60, TimeUnit.SECONDS)).isNotNull();
    var second = next.server("DNS:a");

    keep(second.certificate(), second.key(), "");
    keep(second.certificate(), first.key(), next.bundle());
    keep(second.certificate(), second.key(), next.bundle());

    assertThat(served.poll(60, TimeUnit.SECONDS).certificate())
        .isEqualTo(only(second.certificate()));
    assertThat(Pem.certificates(certificate.trustBundle())).containsOnly(only(next.bundle()));
  }

  @Test
  void theApiServerIsToldWhatItSaysAndNothingThatCannotBeRead() {
    var keeper =
        new TrustKeeper(
            kube.client(),
            new CertificateNames(kube.namespace(), "none", "none", webhook.name()),
            SOURCE.secret(),
            SOURCE.bundleKey(),
            Pem.certificates(next.bundle()));
    keeper.reconcile();
    assertThat(caBundle()).isEmpty();

    var leaf = authority.server("DNS:a");
    keep(leaf.certificate(), leaf.key(), authority.bundle());
    keeper.reconcile();
    var told = List.of(only(authority.bundle()), only(next.bundle()));
    assertThat(Pem.certificates(caBundle())).isEqualTo(told);
    var version = webhook.now().getMetadata().getResourceVersion();

    keep(leaf.certificate(), leaf.key(), "no certificate");
    keeper.reconcile();
    assertThat(Pem.certificates(caBundle())).isEqualTo(told);
    assertThat(webhook.now().getMetadata().getResourceVersion()).isEqualTo(version);
  }

  @Test
  void furtherAuthoritiesThatAreNoneAreRefusedAtTheStart() {
    assertThatThrownBy(
            () ->
                new ServingCertificate(
                    kube.client(), kube.namespace(), SOURCE, "nonsense", served::add))
        .hasMessageContaining("not PEM certificates");
  }

  private void keep(String chain, String key, String authorities) {
    kube.client()
        .resource(
            new SecretBuilder()
                .withNewMetadata()
                .withName(SOURCE.secret())
                .withNamespace(kube.namespace())
                .endMetadata()
                .withType("kubernetes.io/tls")
                .addToStringData("tls.crt", chain)
                .addToStringData("tls.key", key)
                .addToStringData("ca.crt", authorities)
                .build())
        .forceConflicts()
        .serverSideApply();
  }

  private String caBundle() {
    var bundle = webhook.caBundle();
    return bundle == null
        ? ""
        : new String(Base64.getDecoder().decode(bundle), StandardCharsets.UTF_8);
  }

  private static java.security.cert.X509Certificate only(String pem) {
    return Pem.certificates(pem).getFirst();
  }
}
