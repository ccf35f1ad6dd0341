package dev.hallpass.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hallpass.pki.CertificateRequests;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PodKeyTest {

  @ParameterizedTest
  @ValueSource(strings = {"EcdsaP256", "Ed25519", "Rsa3072"})
  void itsRequestProvesTheKey(String algorithm) {
    var request = PodKey.generate(algorithm).request();

    var key = CertificateRequests.provenKey(request);

    assertThat(CertificateRequests.algorithm(key)).isEqualTo(algorithm);
  }

  @Test
  void aRequestThatWasTamperedWithProvesNothing() {
    var lines = PodKey.generate("Ed25519").request().lines().toList();
    var der = Base64.getMimeDecoder().decode(String.join("", lines.subList(1, lines.size() - 1)));
    // Within the public key.
    der[30] ^= 1;
    var forged =
        "-----BEGIN CERTIFICATE REQUEST-----\n"
            + Base64.getMimeEncoder().encodeToString(der)
            + "\n-----END CERTIFICATE REQUEST-----\n";

    assertThatThrownBy(() -> CertificateRequests.provenKey(forged))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void noTwoAreTheSame() {
    assertThat(PodKey.generate("EcdsaP256").request())
        .isNotEqualTo(PodKey.generate("EcdsaP256").request());
  }

  @Test
  void anUnknownAlgorithmIsRefused() {
    assertThatThrownBy(() -> PodKey.generate("Rsa512"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Rsa512");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "nonsense",
        "-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n"
      })
  void whatIsNoRequestIsRefused(String text) {
    assertThatThrownBy(() -> CertificateRequests.provenKey(text))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
