package dev.hallpass.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hallpass.api.v1alpha1.CredentialProviderSpec.AccessLevel;
import dev.hallpass.api.v1alpha1.CredentialRequestSpec.RequestedCredential;
import dev.hallpass.api.v1alpha1.CredentialRequestSpec.X509Wanted;
import dev.hallpass.api.v1alpha1.Delivery;
import dev.hallpass.api.v1alpha1.KeyAlgorithm;
import dev.hallpass.api.v1alpha1.ProviderRef;
import dev.hallpass.api.v1alpha1.X509Access;
import dev.hallpass.wire.Reason;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CertificateLimitsTest {

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "*.shop.svc, orders.shop.svc, -",
        "*.shop.svc, a.orders.shop.svc, DnsNameNotAllowed",
        "*.shop.svc, shop.svc, DnsNameNotAllowed",
        "*.shop.svc, orders.shop.svc.evil.example, DnsNameNotAllowed",
        "orders.shop.svc, orders.shop.svc, -",
        "orders.shop.svc, bills.shop.svc, DnsNameNotAllowed",
        "orders.shop.svc, -, -",
        "-, orders.shop.svc, DnsNameNotAllowed",
      })
  void allowsTheNamesOfTheLevel(String pattern, String name, Reason reason) {
    var level = new X509Access(null, pattern == null ? null : List.of(pattern), null);
    var wanted = new X509Wanted(null, name == null ? null : List.of(name));

    assertThat(unfit(wanted, level)).isEqualTo(Optional.ofNullable(reason));
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "EcdsaP256, -, -",
        "EcdsaP256, EcdsaP256, -",
        "EcdsaP256, Rsa3072, KeyAlgorithmNotAllowed",
        "Ed25519, -, KeyAlgorithmNotAllowed",
        "-, Rsa3072, -",
      })
  void allowsTheKeyAlgorithmsOfTheLevel(KeyAlgorithm allowed, KeyAlgorithm wanted, Reason reason) {
    var level = new X509Access(null, null, allowed == null ? null : List.of(allowed));

    assertThat(unfit(new X509Wanted(wanted, null), level)).isEqualTo(Optional.ofNullable(reason));
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {"EcdsaP256, ParametersUnsupported", "-, -"})
  void refusesToCertifyWhereALoginIsMeant(KeyAlgorithm wanted, Reason reason) {
    var asked = wanted == null ? null : new X509Wanted(wanted, null);

    assertThat(unfit(asked, null)).isEqualTo(Optional.ofNullable(reason));
  }

  private static Optional<Reason> unfit(X509Wanted wanted, X509Access level) {
    var credential =
        new RequestedCredential(
            "tls",
            new ProviderRef(ProviderRef.Kind.CredentialProvider, "mesh"),
            "service",
            "15m",
            wanted,
            new Delivery(
                Delivery.Mode.Sidecar,
                null,
                List.of(new Delivery.File("tls.pem", Delivery.Format.Pem)),
                null,
                null));
    return CertificateLimits.unfit(credential, new AccessLevel("service", "1h", "24h", null, level))
        .map(IssueDecision.Deny::reason);
  }
}
