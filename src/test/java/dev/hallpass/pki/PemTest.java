package dev.hallpass.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hallpass.wire.Secret;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class PemTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private final CertificateIssuer issuer = new CertificateIssuer(new SecureRandom());
  private final Identity one = issuer.authority(List.of("a.svc"), NOW, Duration.ofDays(1));
  private final Identity other = issuer.authority(List.of("a.svc"), NOW, Duration.ofDays(1));

  @Test
  void whatWasWrittenIsReadBack() {
    var bundle = Pem.encode(List.of(one.certificate(), other.certificate()));

    assertThat(Pem.certificates(bundle)).containsExactly(one.certificate(), other.certificate());
    assertThat(Pem.identity(Pem.encode(List.of(one.certificate())), Pem.encode(one.key())))
        .isEqualTo(one);
    assertThat(Pem.certificates(" \n")).isEmpty();
  }

  @Test
  void anotherCertificatesKeyIsRefused() {
    var certificate = Pem.encode(List.of(one.certificate()));

    assertThatThrownBy(() -> Pem.identity(certificate, Pem.encode(other.key())))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the private key is not the certificate's");
  }

  @Test
  void whatCannotBeReadIsNotQuoted() {
    var certificate = Pem.encode(List.of(one.certificate()));
    var broken = Pem.encode(one.key()).reveal().replaceFirst("\nM", "\nQ");

    assertThatThrownBy(() -> Pem.identity(certificate, Secret.of(broken)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("not an EC private key")
        .hasNoCause();
    assertThatThrownBy(() -> Pem.identity(certificate, Secret.of("hunter2")))
        .hasMessage("not a PKCS #8 private key");
    assertThatThrownBy(() -> Pem.certificates("hunter2"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("not PEM certificates");
  }
}
