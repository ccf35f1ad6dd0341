package dev.hallpass.provider.x509;

import static java.security.spec.RSAKeyGenParameterSpec.F4;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hallpass.api.v1alpha1.CredentialProviderSpec;
import dev.hallpass.api.v1alpha1.CredentialProviderSpec.AccessLevel;
import dev.hallpass.api.v1alpha1.CredentialProviderSpec.SecretRef;
import dev.hallpass.api.v1alpha1.KeyAlgorithm;
import dev.hallpass.api.v1alpha1.X509;
import dev.hallpass.api.v1alpha1.X509Access;
import dev.hallpass.provider.CertificateAsk;
import dev.hallpass.provider.Grant;
import dev.hallpass.provider.Holder;
import dev.hallpass.provider.Subject;
import dev.hallpass.provider.Target;
import dev.hallpass.testing.KubeApi;
import dev.hallpass.wire.Secret;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.NamedParameterSpec;
import java.security.spec.RSAKeyGenParameterSpec;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whatever kind of key a pod has made, everybody verifies what is signed for it. */
@ExtendWith(KubeApi.class)
class WorkloadKeysIT {
  private static final List<String> NAMES = List.of("orders.shop.svc");
  private static final AccessLevel LEVEL =
      new AccessLevel("service", "1h", "24h", null, new X509Access(null, NAMES, null));

  @TempDir private Path folder;

  @ParameterizedTest
  @EnumSource
  void everybodyVerifiesItsCertificate(KeyAlgorithm algorithm, KubeApi api)
      throws GeneralSecurityException {
    var openssl = new OpenSsl(folder);
    openssl.root("root", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256");
    var driver = new X509Driver(api.client(), api.namespace(), Clock.systemUTC());

    var material = driver.issue(target(api, openssl), grant(key(algorithm)));

    openssl.write("leaf.pem", material.get("certificate").reveal());
    openssl.write("trust.pem", material.get("trust").reveal());
    for (var purpose : List.of("sslclient", "sslserver")) {
      assertThat(
              openssl
                  .run(
                      "verify",
                      "-CAfile",
                      "trust.pem",
                      "-x509_strict",
                      "-purpose",
                      purpose,
                      "leaf.pem")
                  .output())
          .contains("leaf.pem: OK");
    }
    assertThat(Judge.of(folder.resolve("leaf.pem"), folder.resolve("trust.pem"), "example.org"))
        .containsExactly("spiffe spiffe://example.org/ns/shop/sa/orders");
  }

  private static Target target(KubeApi api, OpenSsl openssl) {
    return new Target(
        "CredentialProvider/" + api.namespace() + "/mesh",
        new CredentialProviderSpec(
            null, new X509("example.org", new SecretRef("mesh-ca")), null, List.of(LEVEL)),
        Map.of(
            "tls.crt",
            Secret.of(openssl.read("root.crt")),
            "tls.key",
            Secret.of(openssl.read("root.key"))));
  }

  private static Grant grant(PublicKey key) {
    return new Grant(
        new Subject("0a1b2c3d", UUID.randomUUID()),
        1,
        LEVEL,
        Instant.now().plusSeconds(900),
        new Holder("shop", "orders-1", "orders"),
        new CertificateAsk(key, NAMES));
  }

  private static PublicKey key(KeyAlgorithm algorithm) throws GeneralSecurityException {
    return switch (algorithm) {
      case EcdsaP256 -> generated("EC", new ECGenParameterSpec("secp256r1"));
      case Ed25519 -> generated("Ed25519", NamedParameterSpec.ED25519);
      case Rsa3072 -> generated("RSA", new RSAKeyGenParameterSpec(3072, F4));
    };
  }

  private static PublicKey generated(String kind, AlgorithmParameterSpec parameters)
      throws GeneralSecurityException {
    var generator = KeyPairGenerator.getInstance(kind);
    generator.initialize(parameters);
    return generator.generateKeyPair().getPublic();
  }
}
