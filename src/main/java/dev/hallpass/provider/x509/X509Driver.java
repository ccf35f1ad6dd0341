package dev.hallpass.provider.x509;

import dev.hallpass.api.v1alpha1.CredentialProviderSpec;
import dev.hallpass.api.v1alpha1.Delivery;
import dev.hallpass.api.v1alpha1.X509;
import dev.hallpass.api.v1alpha1.X509Access;
import dev.hallpass.api.v1alpha1.X509Access.Usage;
import dev.hallpass.pki.Authority;
import dev.hallpass.pki.Pem;
import dev.hallpass.pki.RevocationList;
import dev.hallpass.pki.WorkloadCertificates;
import dev.hallpass.provider.Ending;
import dev.hallpass.provider.Fields;
import dev.hallpass.provider.Grant;
import dev.hallpass.provider.Material;
import dev.hallpass.provider.Material.Field;
import dev.hallpass.provider.Renewal;
import dev.hallpass.provider.Subject;
import dev.hallpass.provider.Target;
import dev.hallpass.provider.TargetDriver;
import dev.hallpass.provider.TargetException;
import dev.hallpass.provider.x509.RevocationLists.Addition;
import dev.hallpass.wire.Reason;
import dev.hallpass.wire.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * Signs short-lived certificates for keys that never leave their pods.
 *
 * <p>A certificate is good from the moment it is signed, and nothing takes it back from whoever has
 * it: what ends it is its own expiry. Revocation puts it on the CA's list, for those who look
 * there.
 */
public final class X509Driver implements TargetDriver {
  /** How long a list is good, and how old it may become before another is signed. */
  private static final Duration VALIDITY = Duration.ofHours(24);

  private static final Duration OLDEST = Duration.ofHours(1);

  private final RevocationLists lists;
  private final Clock clock;

  /** Keeps revocation lists in this namespace. */
  public X509Driver(KubernetesClient client, String namespace, Clock clock) {
    this.lists = new RevocationLists(client, namespace);
    this.clock = clock;
  }

  @Override
  public boolean serves(CredentialProviderSpec spec) {
    return spec.x509() != null;
  }

  @Override
  public Renewal renewal() {
    return Renewal.Reissue;
  }

  @Override
  public Set<Delivery.Format> formats() {
    return Set.of(
        Delivery.Format.Pem,
        Delivery.Format.PemKey,
        Delivery.Format.PemCertificate,
        Delivery.Format.PemTrust,
        Delivery.Format.PemCrl,
        Delivery.Format.Pkcs12,
        Delivery.Format.Pkcs12Password);
  }

  @Override
  public Fields fields(CredentialProviderSpec spec) {
    return new Fields(Set.of("certificate", "trust", "crl", "spiffeId"));
  }

  @Override
  public String address(CredentialProviderSpec spec) {
    return "spiffe://" + x509(spec).trustDomain();
  }

  @Override
  public Material issue(Target target, Grant grant) {
    var ask = grant.certificate();
    if (ask == null) {
      throw new TargetException(Reason.KeyRequired, "a certificate needs a key of the pod's own");
    }
    var authority = authority(target);
    var level = access(grant);
    var id =
        "%s/ns/%s/sa/%s"
            .formatted(
                address(target.spec()),
                grant.holder().namespace(),
                grant.holder().serviceAccount());
    var leaf =
        WorkloadCertificates.sign(
            authority,
            new WorkloadCertificates.Profile(
                Serials.of(grant.subject(), grant.epoch()),
                ask.key(),
                id,
                ask.dnsNames(),
                level.usagesOrDefault().contains(Usage.ClientAuth),
                level.usagesOrDefault().contains(Usage.ServerAuth),
                clock.instant(),
                grant.expiresAt()));
    var chain = new ArrayList<X509Certificate>();
    chain.add(leaf);
    chain.addAll(authority.intermediates());
    return new Material(
        List.of(
            field("certificate", Pem.encode(chain)),
            field("trust", Pem.encode(authority.roots())),
            field("crl", lists.read(target).crl()),
            field("spiffeId", id)));
  }

  private static Field field(String name, String value) {
    return new Field(name, null, Secret.of(value));
  }

  /** Nothing is to be enabled. */
  @Override
  public void activate(Target target, Grant grant) {}

  @Override
  public void renew(Target target, Grant grant) {
    throw new TargetException(
        Reason.TargetRefused, "a certificate's end cannot be moved; another one is issued");
  }

  /** An account that no lease names does not exist here. */
  @Override
  public void revoke(Target target, Subject subject) {
    revoke(target, new Ending(subject, 1, VALIDITY));
  }

  @Override
  public String revoke(Target target, Ending ending) {
    var serials = Serials.upTo(ending.subject(), ending.epoch());
    var until = clock.instant().plus(ending.ttl());
    if (!publish(target, new Addition(serials, until)).lists(serials)) {
      throw new TargetException(
          Reason.TargetRefused, "the revocation list does not show the certificates");
    }
    return "its certificates are on the revocation list, and end by themselves until " + until;
  }

  private PublishedList publish(Target target, Addition addition) {
    var authority = authority(target);
    return lists.publish(
        target, addition, (before, additions) -> next(authority, before, additions));
  }

  /**
   * Signed anew where something is to be added, or the last one has become old or is another CA's.
   * That one can add nothing to its list any more, but its certificates are looked up there until
   * they end: it stays behind the new one for as long as it is good.
   */
  private PublishedList next(Authority authority, PublishedList before, List<Addition> additions) {
    var now = clock.instant();
    var serials = additions.stream().flatMap(a -> a.serials().stream()).toList();
    if (before.lists(serials)
        && now.isBefore(before.signedAt().plus(OLDEST))
        && RevocationList.isOf(authority, before.crl())) {
      return before;
    }
    var revoked = before.with(additions, now);
    var number = before.next(now);
    var crl = RevocationList.sign(authority, PublishedList.entries(revoked), number, now, VALIDITY);
    var others = RevocationList.ofOthers(authority, before.crl(), now);
    return new PublishedList(revoked, number, now, crl + others);
  }

  /** Certificates are nowhere to be found but where they were delivered. */
  @Override
  public List<Subject> inventory(Target target, String installation) {
    return List.of();
  }

  @Override
  public void probe(Target target) {
    publish(target, new Addition(List.of(), clock.instant()));
  }

  private Authority authority(Target target) {
    var admin = target.admin();
    Authority authority;
    try {
      authority =
          Authority.of(
              entry(target, "tls.crt").reveal(),
              entry(target, "tls.key"),
              admin.getOrDefault("ca.crt", Secret.of("")).reveal());
    } catch (IllegalArgumentException e) {
      throw new TargetException(
          Reason.AdminSecretUnavailable, "spec.x509.caSecretRef: " + e.getMessage(), e);
    }
    var ends = authority.certificate().getNotAfter().toInstant();
    if (!ends.isAfter(clock.instant())) {
      throw new TargetException(
          Reason.AdminSecretUnavailable,
          "spec.x509.caSecretRef: the CA's certificate has expired at " + ends);
    }
    return authority;
  }

  private static Secret entry(Target target, String key) {
    var value = target.admin().get(key);
    if (value == null) {
      throw new TargetException(
          Reason.AdminSecretUnavailable, "spec.x509.caSecretRef: the Secret has no entry " + key);
    }
    return value;
  }

  private static X509 x509(CredentialProviderSpec spec) {
    return Objects.requireNonNull(spec.x509());
  }

  private static X509Access access(Grant grant) {
    return Objects.requireNonNull(grant.level().x509());
  }

  @Override
  public void close() {}
}
