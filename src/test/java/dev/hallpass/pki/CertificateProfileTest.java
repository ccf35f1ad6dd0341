package dev.hallpass.pki;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.interfaces.ECPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class CertificateProfileTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final List<String> DNS =
      List.of("hallpass-broker.hallpass-system.svc", "hallpass-broker.hallpass-system");

  private final CertificateIssuer issuer = new CertificateIssuer(new SecureRandom());
  private final Identity authority =
      issuer.authority(new ServingNames(DNS).domains(), NOW, Duration.ofDays(365));
  private final Identity leaf = issuer.leaf(authority, DNS, NOW, Duration.ofDays(30));

  @Test
  void theCaSignsLeavesAndNothingElse() {
    var ca = authority.certificate();

    assertThat(ca.getBasicConstraints()).isZero();
    assertThat(keyUsages(ca.getKeyUsage())).containsExactly(5, 6);
    assertThat(ca.getCriticalExtensionOIDs())
        .containsExactlyInAnyOrder("2.5.29.19", "2.5.29.15", "2.5.29.30");
    assertThat(((ECPublicKey) ca.getPublicKey()).getParams().getOrder().bitLength()).isEqualTo(256);
    assertThat(ca.getNotBefore().toInstant()).isEqualTo(NOW.minus(CertificateIssuer.BACKDATE));
    assertThat(ca.getNotAfter().toInstant()).isEqualTo(NOW.plus(Duration.ofDays(365)));
    assertThat(ca.getSerialNumber().bitLength()).isEqualTo(159);
  }

  @Test
  void theLeafServesTheNamesAndNothingElse() throws CertificateException {
    var certificate = leaf.certificate();

    assertThat(certificate.getBasicConstraints()).isEqualTo(-1);
    assertThat(keyUsages(certificate.getKeyUsage())).containsExactly(0);
    assertThat(certificate.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.1");
    assertThat(certificate.getSubjectAlternativeNames())
        .containsExactlyInAnyOrderElementsOf(DNS.stream().map(n -> List.<Object>of(2, n)).toList());
    assertThat(certificate.getIssuerX500Principal())
        .isEqualTo(authority.certificate().getSubjectX500Principal());
    assertThat(certificate.getNotBefore().toInstant())
        .isEqualTo(NOW.minus(CertificateIssuer.BACKDATE));
    assertThat(certificate.getNotAfter().toInstant()).isEqualTo(NOW.plus(Duration.ofDays(30)));
  }

  @Test
  void aLeafEndsWithItsCa() {
    var late = NOW.plus(Duration.ofDays(360));

    var certificate = issuer.leaf(authority, DNS, late, Duration.ofDays(30)).certificate();

    assertThat(certificate.getNotAfter()).isEqualTo(authority.certificate().getNotAfter());
  }

  @Test
  void theCaIsConstrainedToItsNamespace() {
    var names = new ServingNames(List.of("a.shop.svc.cluster.local", "a.shop.svc", "localhost"));
    var ca = issuer.authority(names.domains(), NOW, Duration.ofDays(1)).certificate();

    assertThat(names.domains()).containsExactly("localhost", "shop.svc", "shop.svc.cluster.local");
    assertThat(names.permittedBy(ca)).isTrue();
    assertThat(new ServingNames(List.of("b.shop.svc")).permittedBy(ca)).isTrue();
    assertThat(new ServingNames(List.of("b.bank.svc")).permittedBy(ca)).isFalse();
    assertThat(new ServingNames(List.of("workshop.svc")).permittedBy(ca)).isFalse();
  }

  @Test
  void aPrivateKeyIsNeverPrinted() {
    var state = new ServingState(authority, null, List.of(), leaf);

    assertThat(leaf.toString()).startsWith("Identity[CN=Hallpass until 2026");
    assertThat(state.toString()).doesNotContain(leaf.key().toString());
  }

  private static List<Integer> keyUsages(boolean[] usage) {
    return java.util.stream.IntStream.range(0, usage.length).filter(i -> usage[i]).boxed().toList();
  }
}
