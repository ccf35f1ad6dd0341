package dev.hallpass.provider.x509;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hallpass.api.v1alpha1.ClusterCredentialProvider;
import dev.hallpass.api.v1alpha1.CredentialProvider;
import dev.hallpass.api.v1alpha1.CredentialProviderSpec;
import dev.hallpass.api.v1alpha1.CredentialProviderSpec.AccessLevel;
import dev.hallpass.api.v1alpha1.CredentialProviderSpec.SecretRef;
import dev.hallpass.api.v1alpha1.CredentialProviderStatus;
import dev.hallpass.api.v1alpha1.X509;
import dev.hallpass.api.v1alpha1.X509Access;
import dev.hallpass.provider.Ending;
import dev.hallpass.provider.Subject;
import dev.hallpass.provider.Target;
import dev.hallpass.testing.KubeApi;
import dev.hallpass.wire.Secret;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.client.CustomResource;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** There is no garbage collector here: what it goes by is looked at. */
@ExtendWith(KubeApi.class)
class OutlivedListsIT {
  private static final Duration TTL = Duration.ofMinutes(15);
  private static final Clock NOW = Clock.systemUTC();
  private static final Clock LATER = Clock.offset(NOW, TTL.plusSeconds(1));

  @TempDir private Path folder;
  private KubeApi kube;
  private X509Driver driver;
  private Map<String, Secret> admin;

  @BeforeEach
  void prepare(KubeApi api) {
    kube = api;
    driver = new X509Driver(api.client(), api.namespace(), NOW);
    var openssl = new OpenSsl(folder);
    openssl.root("ca", "-algorithm", "ED25519");
    admin =
        Map.of(
            "tls.crt", Secret.of(openssl.read("ca.crt")),
            "tls.key", Secret.of(openssl.read("ca.key")));
  }

  @Test
  void theListOfAProviderOfAnotherNamespaceGoesOnceItsCertificatesHaveEnded() {
    var provider = created(new CredentialProvider(), namespace());
    var target = revokedAt(provider);
    delete(provider);

    new OutlivedLists(kube.client(), kube.namespace(), NOW).letGo();
    assertThat(owners(target)).isEmpty();

    new OutlivedLists(kube.client(), kube.namespace(), LATER).letGo();
    assertThat(owners(target))
        .singleElement()
        .returns("hallpass.dev/v1alpha1", OwnerReference::getApiVersion)
        .returns("CredentialProvider", OwnerReference::getKind)
        .returns("mesh", OwnerReference::getName)
        // Nothing waits for it.
        .returns(null, OwnerReference::getBlockOwnerDeletion)
        .satisfies(o -> assertThat(o.getUid()).isNotEqualTo(provider.getMetadata().getUid()));
  }

  @Test
  void theListOfAProviderOfTheClusterGoesToo() {
    var provider = created(new ClusterCredentialProvider(), null);
    var target = revokedAt(provider);
    delete(provider);

    new OutlivedLists(kube.client(), kube.namespace(), LATER).letGo();

    assertThat(owners(target))
        .singleElement()
        .returns("ClusterCredentialProvider", OwnerReference::getKind);
  }

  @Test
  void aListStaysWithItsProvider() {
    var near = revokedAt(created(new CredentialProvider(), kube.namespace()));
    var far = revokedAt(created(new CredentialProvider(), namespace()));
    var cluster = revokedAt(created(new ClusterCredentialProvider(), null));

    new OutlivedLists(kube.client(), kube.namespace(), LATER).letGo();

    assertThat(List.of(near, far, cluster)).allSatisfy(t -> assertThat(owners(t)).isEmpty());
  }

  /** Whoever may write ConfigMaps there can spoil one. */
  @ParameterizedTest
  @CsvSource({
    "Nothing/a/b, ''",
    "CredentialProvider, ''",
    "CredentialProvider/a, ''",
    "'', ''",
    "CredentialProvider/gone/mesh, 'no number'",
    "CredentialProvider/gone/mesh, 'zz 1 2'"
  })
  void oneThatCannotBeReadKeepsNoOther(String provider, String revoked) {
    var spoilt =
        kube.client()
            .resource(
                new ConfigMapBuilder()
                    .withNewMetadata()
                    .withName("hallpass-crl-0")
                    .withNamespace(kube.namespace())
                    .addToLabels(RevocationLists.LABELS)
                    .addToAnnotations("hallpass.dev/provider", provider)
                    .endMetadata()
                    .addToData("revoked", revoked)
                    .build())
            .create();
    var gone = created(new CredentialProvider(), namespace());
    var target = revokedAt(gone);
    delete(gone);

    new OutlivedLists(kube.client(), kube.namespace(), LATER).letGo();

    assertThat(owners(target)).hasSize(1);
    assertThat(kube.client().resource(spoilt).get().getMetadata().getOwnerReferences()).isEmpty();
  }

  /** Whoever made it, and whatever it is for. */
  @Test
  void noOtherConfigMapIsTouched() {
    var other =
        kube.client()
            .resource(
                new ConfigMapBuilder()
                    .withNewMetadata()
                    .withName("hallpass-audit-heads")
                    .withNamespace(kube.namespace())
                    .addToLabels(RevocationLists.LABELS)
                    .endMetadata()
                    .build())
            .create();

    new OutlivedLists(kube.client(), kube.namespace(), LATER).letGo();

    assertThat(kube.client().resource(other).get().getMetadata().getResourceVersion())
        .isEqualTo(other.getMetadata().getResourceVersion());
  }

  @Test
  void aListThatWasLetGoStaysWithTheNextProviderOfThatName() {
    var provider = created(new CredentialProvider(), kube.namespace());
    var target = revokedAt(provider);
    delete(provider);
    new OutlivedLists(kube.client(), kube.namespace(), LATER).letGo();
    assertThat(owners(target)).hasSize(1);

    revokedAt(created(new CredentialProvider(), kube.namespace()));

    assertThat(owners(target)).isEmpty();
  }

  /** It is for those who remember the last number that they saw. */
  @Test
  void aListThatFollowsOneThatIsGoneHasAHigherNumber() {
    var provider = created(new CredentialProvider(), kube.namespace());
    var target = revokedAt(provider);
    var before = RevocationLists.list(map(target)).number();
    kube.client().resource(map(target)).delete();

    new X509Driver(kube.client(), kube.namespace(), LATER).probe(target);

    assertThat(RevocationLists.list(map(target)).number()).isGreaterThan(before);
  }

  private String namespace() {
    return kube.client()
        .resource(
            new NamespaceBuilder().withNewMetadata().withGenerateName("it-").endMetadata().build())
        .create()
        .getMetadata()
        .getName();
  }

  private <T extends CustomResource<CredentialProviderSpec, CredentialProviderStatus>> T created(
      T provider, String namespace) {
    var cluster = namespace == null;
    provider.setMetadata(
        new ObjectMetaBuilder()
            .withName(cluster ? "mesh-" + kube.namespace() : "mesh")
            .withNamespace(namespace)
            .build());
    provider.setSpec(
        new CredentialProviderSpec(
            null,
            new X509("example.org", new SecretRef("mesh-ca")),
            null,
            List.of(
                new AccessLevel(
                    "service", "1h", "24h", null, new X509Access(null, null, null), null))));
    return kube.client().resource(provider).create();
  }

  private void delete(CustomResource<?, ?> provider) {
    kube.client().resource(provider).delete();
  }

  /** A list with a certificate on it. */
  private Target revokedAt(
      CustomResource<CredentialProviderSpec, CredentialProviderStatus> provider) {
    var own = provider.getMetadata().getNamespace();
    var target =
        new Target(
            "%s/%s/%s"
                .formatted(
                    provider.getKind(),
                    own == null ? kube.namespace() : own,
                    provider.getMetadata().getName()),
            provider.getSpec(),
            admin);
    driver.revoke(target, new Ending(new Subject("0a1b2c3d", UUID.randomUUID()), 1, TTL));
    return target;
  }

  private ConfigMap map(Target target) {
    return kube.client()
        .configMaps()
        .inNamespace(kube.namespace())
        .withName(RevocationLists.name(target))
        .get();
  }

  private List<OwnerReference> owners(Target target) {
    return map(target).getMetadata().getOwnerReferences();
  }
}
