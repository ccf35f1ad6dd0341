package dev.hallpass.provider.x509;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hallpass.api.v1alpha1.CredentialProviderSpec;
import dev.hallpass.api.v1alpha1.CredentialProviderSpec.AccessLevel;
import dev.hallpass.api.v1alpha1.CredentialProviderSpec.SecretRef;
import dev.hallpass.api.v1alpha1.X509;
import dev.hallpass.api.v1alpha1.X509Access;
import dev.hallpass.api.v1alpha1.X509Access.Usage;
import dev.hallpass.pki.Pem;
import dev.hallpass.provider.CertificateAsk;
import dev.hallpass.provider.Ending;
import dev.hallpass.provider.Grant;
import dev.hallpass.provider.Holder;
import dev.hallpass.provider.Material;
import dev.hallpass.provider.Subject;
import dev.hallpass.provider.Target;
import dev.hallpass.provider.TargetDriver;
import dev.hallpass.provider.TargetDriverContract;
import dev.hallpass.provider.TargetException;
import dev.hallpass.provider.x509.PublishedList.Revoked;
import dev.hallpass.testing.KubeApi;
import dev.hallpass.wire.Reason;
import dev.hallpass.wire.Secret;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(KubeApi.class)
class X509DriverIT implements TargetDriverContract {
  private static final String EC = "-algorithm EC -pkeyopt ec_paramgen_curve:P-256";

  @TempDir private Path folder;
  private OpenSsl openssl;
  private X509Driver driver;
  private RevocationLists lists;
  private String provider;

  @BeforeEach
  void prepare(KubeApi api) {
    openssl = new OpenSsl(folder);
    openssl.root("contract", EC.split(" "));
    lists = new RevocationLists(api.client(), api.namespace());
    driver = new X509Driver(api.client(), api.namespace(), Clock.systemUTC());
    provider = "CredentialProvider/" + api.namespace() + "/mesh";
  }

  @Override
  public TargetDriver driver() {
    return driver;
  }

  @Override
  public Target target() {
    return target("contract.crt", "contract.key");
  }

  @Override
  public AccessLevel level() {
    return level(both());
  }

  @Override
  public Grant grant(UUID lease, long epoch) {
    return TargetDriverContract.super
        .grant(lease, epoch)
        .certifying(new CertificateAsk(key(), List.of()));
  }

  /** As somebody does who looks at the list as it is now. */
  @Override
  public boolean admits(Material material) {
    var certificate = Pem.certificates(material.get("certificate").reveal()).getFirst();
    var authority = Pem.certificates(material.get("trust").reveal()).getFirst();
    var list = lists.read(target()).crl();
    try {
      certificate.verify(authority.getPublicKey());
      certificate.checkValidity();
      return list.isEmpty() || !crl(list, authority.getPublicKey()).isRevoked(certificate);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the certificate is not what was ordered", e);
    }
  }

  private static X509CRL crl(String pem, PublicKey key) throws GeneralSecurityException {
    var crl =
        (X509CRL)
            CertificateFactory.getInstance("X.509")
                .generateCRL(new ByteArrayInputStream(pem.getBytes(US_ASCII)));
    crl.verify(key);
    return crl;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        EC,
        "-algorithm EC -pkeyopt ec_paramgen_curve:P-384",
        "-algorithm ED25519",
        "-algorithm RSA -pkeyopt rsa_keygen_bits:3072"
      })
  void everybodyVerifiesWhatItSigns(String keyOptions) {
    openssl.root("root", keyOptions.split(" "));
    var target = target("root.crt", "root.key");

    var grant = grant(List.of("orders.shop.svc"));
    var said = text(deliver(target, grant));

    assertThat(verify("-x509_strict", "-purpose", "sslserver")).contains("leaf.pem: OK");
    assertThat(said)
        .contains("URI:spiffe://example.org/ns/shop/sa/orders, DNS:orders.shop.svc")
        .contains("CA:FALSE")
        .contains("TLS Web Client Authentication, TLS Web Server Authentication")
        .contains("Digital Signature");
    var leaf = Pem.certificates(openssl.read("leaf.pem")).getFirst();
    assertThat(leaf.getNotAfter().toInstant()).isEqualTo(grant.expiresAt());
    assertThat(judged("example.org"))
        .containsExactly("spiffe spiffe://example.org/ns/shop/sa/orders");
  }

  @Test
  void anIntermediateComesWithItsChain() {
    openssl.root("root", EC.split(" "));
    openssl.intermediate("middle", "root", EC.split(" "));
    openssl.write("chain.crt", openssl.read("middle.crt") + openssl.read("root.crt"));
    var target = target("chain.crt", "middle.key");

    var material = deliver(target, grant(List.of()));

    assertThat(Pem.certificates(material.get("certificate").reveal())).hasSize(2);
    assertThat(material.get("trust").reveal().strip()).isEqualTo(openssl.read("root.crt").strip());
    assertThat(verify("-untrusted", "leaf.pem")).contains("leaf.pem: OK");
    assertThat(judged("example.org"))
        .containsExactly("spiffe spiffe://example.org/ns/shop/sa/orders");
    assertThatThrownBy(() -> judged("example.com"))
        .hasMessageContaining("no X.509 bundle found for trust domain: \"example.org\"");
  }

  @Test
  void trustMayHoldOldAndNewRootsWhileOneFollowsTheOther() {
    openssl.root("old", EC.split(" "));
    openssl.root("new", EC.split(" "));
    openssl.write("both.crt", openssl.read("old.crt") + openssl.read("new.crt"));
    var target = target("new.crt", "new.key", "both.crt");

    deliver(target, grant(List.of()));

    assertThat(Pem.certificates(openssl.read("trust.pem"))).hasSize(2);
    assertThat(verify()).contains("leaf.pem: OK");
    assertThat(judged("example.org")).hasSize(1);
  }

  @Test
  void whatIsRevokedIsOnTheListThatFollows() {
    openssl.root("root", EC.split(" "));
    var target = target("root.crt", "root.key");
    driver.probe(target);
    var first = grant(List.of());
    deliver(target, first);
    openssl.write("list.pem", openssl.read("crl.pem"));
    assertThat(verify("-crl_check", "-CRLfile", "list.pem")).contains("leaf.pem: OK");

    var said = driver.revoke(target, new Ending(first.subject(), 3, Duration.ofMinutes(15)));
    driver.revoke(target, new Ending(first.subject(), 3, Duration.ofMinutes(15)));

    assertThat(said).contains("on the revocation list");
    var leaf = openssl.read("leaf.pem");
    deliver(target, grant(List.of()));
    openssl.write("list.pem", openssl.read("crl.pem"));
    assertThat(verify("-crl_check", "-CRLfile", "list.pem")).contains("leaf.pem: OK");
    openssl.write("leaf.pem", leaf);
    assertThat(verify("-crl_check", "-CRLfile", "list.pem")).contains("certificate revoked");
    assertThat(openssl.run("crl", "-in", "list.pem", "-noout", "-text").output())
        .containsOnlyOnce(Serials.of(first.subject(), 1).toString(16).toUpperCase(Locale.ROOT))
        .contains(Serials.of(first.subject(), 3).toString(16).toUpperCase(Locale.ROOT));
  }

  /** For verifiers that demand a list of each CA whose certificates they are shown. */
  @Test
  void aNewCaHasAListAtOnceAndTheOneBeforeKeepsItsLast() {
    openssl.root("old", EC.split(" "));
    openssl.root("new", EC.split(" "));
    openssl.write("both.crt", openssl.read("old.crt") + openssl.read("new.crt"));
    var old = target("old.crt", "old.key", "both.crt");
    var stays = grant(List.of());
    var leaves = grant(List.of());
    var staying = driver.issue(old, stays).get("certificate").reveal();
    var leaving = driver.issue(old, leaves).get("certificate").reveal();
    driver.revoke(old, new Ending(leaves.subject(), 1, Duration.ofMinutes(15)));
    var before = lists.read(old).number();

    var next = target("new.crt", "new.key", "both.crt");
    driver.probe(next);
    driver.probe(next);

    assertThat(lists.read(next).number()).isEqualTo(before.add(BigInteger.ONE));
    deliver(next, grant(List.of()));
    assertThat(verify("-crl_check", "-CRLfile", "crl.pem")).contains("leaf.pem: OK");
    openssl.write("leaf.pem", staying);
    assertThat(verify("-crl_check", "-CRLfile", "crl.pem")).contains("leaf.pem: OK");
    openssl.write("leaf.pem", leaving);
    assertThat(verify("-crl_check", "-CRLfile", "crl.pem")).contains("certificate revoked");
  }

  @Test
  void whatSomebodyWroteInPlaceOfTheListIsSignedAnew(KubeApi api) {
    var target = target();
    driver.probe(target);
    api.client()
        .configMaps()
        .inNamespace(api.namespace())
        .withName(RevocationLists.name(target))
        .edit(m -> new ConfigMapBuilder(m).addToData(PublishedList.CRL, "none").build());

    driver.probe(target);

    deliver(target, grant(List.of()));
    assertThat(verify("-crl_check", "-CRLfile", "crl.pem")).contains("leaf.pem: OK");
  }

  /** As when a node with two hundred pods is lost. */
  @Test
  void manyRevocationsAtOnceTakeFewWritesAndLoseNone() {
    var target = target();
    driver.probe(target);
    var before = lists.read(target).number();
    var subjects =
        Stream.generate(() -> new Subject("0a1b2c3d", UUID.randomUUID())).limit(200).toList();

    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      CompletableFuture.allOf(
              subjects.stream()
                  .map(s -> new Ending(s, 1, Duration.ofMinutes(15)))
                  .map(e -> CompletableFuture.runAsync(() -> driver.revoke(target, e), threads))
                  .toArray(CompletableFuture<?>[]::new))
          .join();
    }

    var list = lists.read(target);
    assertThat(list.revoked())
        .extracting(Revoked::serial)
        .containsExactlyInAnyOrderElementsOf(subjects.stream().map(s -> Serials.of(s, 1)).toList());
    assertThat(list.number().subtract(before)).isLessThan(BigInteger.valueOf(subjects.size() / 2));
  }

  @Test
  void aLevelForClientsMakesNoServers() {
    openssl.root("root", EC.split(" "));
    var target = target("root.crt", "root.key");
    var client = new X509Access(List.of(Usage.ClientAuth), null, null);

    deliver(target, grant(client, List.of(), Instant.now().plusSeconds(900)));

    assertThat(verify("-purpose", "sslclient")).contains("leaf.pem: OK");
    assertThat(verify("-purpose", "sslserver")).contains("unsuitable certificate purpose");
  }

  @Test
  void nothingOutlivesItsCa() {
    openssl.root("root", EC.split(" "));
    var target = target("root.crt", "root.key");

    deliver(target, grant(both(), List.of(), Instant.now().plus(Duration.ofDays(60))));

    var ca = Pem.certificates(openssl.read("root.crt")).getFirst();
    var leaf = Pem.certificates(openssl.read("leaf.pem")).getFirst();
    assertThat(leaf.getNotAfter()).isEqualTo(ca.getNotAfter());
  }

  @Test
  void aSecretThatIsNoCaIsSaidToBeNone() {
    openssl.root("root", EC.split(" "));
    openssl.root("other", EC.split(" "));
    deliver(target("root.crt", "root.key"), grant(List.of()));

    assertThat(problem(target("leaf.pem", "root.key"))).contains("not that of a CA");
    assertThat(problem(target("root.crt", "other.key"))).contains("tls.key is not the key");
    assertThat(problem(target("root.key", "root.key"))).contains("not PEM certificates");
    assertThat(problem(target("root.crt", "root.crt"))).contains("not an unencrypted private key");
    var nothing = new Target(provider, spec(), Map.of());
    assertThat(problem(nothing)).contains("the Secret has no entry tls.crt");
  }

  private String problem(Target target) {
    try {
      driver.probe(target);
      return "";
    } catch (TargetException e) {
      assertThat(e.reason()).isEqualTo(Reason.AdminSecretUnavailable);
      assertThat(e).hasMessageStartingWith("spec.x509.caSecretRef: ");
      return String.valueOf(e.getMessage());
    }
  }

  @Test
  void withoutAKeyThereIsNothingToCertify() {
    openssl.root("root", EC.split(" "));
    var target = target("root.crt", "root.key");
    var keyless = grant(List.of()).certifying(null);

    assertThatThrownBy(() -> driver.issue(target, keyless))
        .isInstanceOfSatisfying(
            TargetException.class, e -> assertThat(e.reason()).isEqualTo(Reason.KeyRequired));
  }

  private Material deliver(Target target, Grant grant) {
    var material = driver.issue(target, grant);
    openssl.write("leaf.pem", material.get("certificate").reveal());
    openssl.write("trust.pem", material.get("trust").reveal());
    openssl.write("crl.pem", material.get("crl").reveal());
    return material;
  }

  private List<String> judged(String trustDomain) {
    return Judge.of(folder.resolve("leaf.pem"), folder.resolve("trust.pem"), trustDomain);
  }

  private String text(Material material) {
    assertThat(material.get("spiffeId").reveal()).startsWith("spiffe://example.org/");
    return openssl.run("x509", "-in", "leaf.pem", "-noout", "-text").output();
  }

  private String verify(String... options) {
    var arguments = new java.util.ArrayList<>(List.of("verify", "-CAfile", "trust.pem"));
    arguments.addAll(List.of(options));
    arguments.add("leaf.pem");
    return openssl.run(arguments.toArray(String[]::new)).output();
  }

  private Target target(String certificate, String key) {
    return target(certificate, key, null);
  }

  private Target target(String certificate, String key, String trusted) {
    var admin = new HashMap<String, Secret>();
    admin.put("tls.crt", Secret.of(openssl.read(certificate)));
    admin.put("tls.key", Secret.of(openssl.read(key)));
    if (trusted != null) {
      admin.put("ca.crt", Secret.of(openssl.read(trusted)));
    }
    return new Target(provider, spec(), admin);
  }

  private static CredentialProviderSpec spec() {
    return new CredentialProviderSpec(
        null, new X509("example.org", new SecretRef("mesh-ca")), null, List.of(level(both())));
  }

  private static AccessLevel level(X509Access access) {
    return new AccessLevel("service", "1h", "24h", null, access);
  }

  private static X509Access both() {
    return new X509Access(null, List.of("*.shop.svc"), null);
  }

  private static Grant grant(List<String> dnsNames) {
    return grant(both(), dnsNames, Instant.now().plusSeconds(900));
  }

  private static Grant grant(X509Access access, List<String> dnsNames, Instant until) {
    return new Grant(
        new Subject("0a1b2c3d", UUID.randomUUID()),
        1,
        level(access),
        until.truncatedTo(ChronoUnit.SECONDS),
        new Holder("shop", "orders-1", "orders"),
        new CertificateAsk(key(), dnsNames));
  }

  private static PublicKey key() {
    try {
      return KeyPairGenerator.getInstance("Ed25519").generateKeyPair().getPublic();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
