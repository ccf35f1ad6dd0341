package dev.hallpass.reconcile.certificates;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hallpass.pki.Lifetimes;
import dev.hallpass.pki.Rotation;
import dev.hallpass.pki.ServingNames;
import dev.hallpass.pki.ServingState;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CertificateSecretsTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final String GARBAGE =
      Base64.getEncoder()
          .encodeToString("hunter2".getBytes(java.nio.charset.StandardCharsets.UTF_8));

  private final Rotation rotation =
      new Rotation(
          new ServingNames(List.of("broker.hallpass-system.svc")),
          Lifetimes.DEFAULT,
          new SecureRandom());
  private final ServingState first = rotation.next(ServingState.EMPTY, START);
  private final ServingState announced = rotation.next(first, START.plus(Duration.ofDays(1300)));
  private final ServingState promoted = rotation.next(announced, START.plus(Duration.ofDays(1310)));

  @Test
  void everyStateIsReadBackAsItWas() {
    for (var state : List.of(first, announced, promoted)) {
      var read =
          CertificateSecrets.read(
              CertificateSecrets.authority(state), CertificateSecrets.serving(state));

      assertThat(read).isEqualTo(new CertificateSecrets.Read(state, List.of()));
    }
  }

  @Test
  void noSecretsAreTheStateBeforeTheFirstStart() {
    assertThat(CertificateSecrets.read(Map.of(), Map.of()))
        .isEqualTo(new CertificateSecrets.Read(ServingState.EMPTY, List.of()));
  }

  @Test
  void theCertificateOfALostCaKeyIsStillTrusted() {
    var authority = with(CertificateSecrets.authority(first), CertificateSecrets.CA_KEY, GARBAGE);

    var read = CertificateSecrets.read(authority, CertificateSecrets.serving(first));

    assertThat(read.unreadable()).containsExactly("ca.crt+ca.key");
    assertThat(read.state())
        .isEqualTo(
            new ServingState(null, null, List.of(first.authority().certificate()), first.leaf()));
  }

  @Test
  void anotherKeyThanTheCertificatesIsAsGoodAsNone() {
    var serving =
        with(
            CertificateSecrets.serving(first),
            CertificateSecrets.LEAF_KEY,
            CertificateSecrets.serving(promoted).get(CertificateSecrets.LEAF_KEY));

    var read = CertificateSecrets.read(CertificateSecrets.authority(first), serving);

    assertThat(read.state().leaf()).isNull();
    assertThat(read.unreadable()).containsExactly("tls.crt+tls.key");
  }

  @Test
  void nothingReadableIsNothing() {
    var authority =
        Map.of(
            CertificateSecrets.CA, GARBAGE,
            CertificateSecrets.CA_KEY, GARBAGE,
            CertificateSecrets.NEXT_CA, "%%%",
            CertificateSecrets.PREVIOUS_CAS, GARBAGE);

    var read = CertificateSecrets.read(authority, Map.of(CertificateSecrets.LEAF, GARBAGE));

    assertThat(read.state()).isEqualTo(ServingState.EMPTY);
    assertThat(read.unreadable())
        .contains("ca.crt+ca.key", "next.crt+next.key", "previous.crt", "tls.crt+tls.key");
  }

  private static Map<String, String> with(Map<String, String> data, String key, String value) {
    var changed = new HashMap<>(data);
    changed.put(key, value);
    return changed;
  }
}
