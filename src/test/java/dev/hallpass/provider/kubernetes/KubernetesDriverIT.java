package dev.hallpass.provider.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hallpass.api.v1alpha1.CredentialProviderSpec;
import dev.hallpass.api.v1alpha1.CredentialProviderSpec.AccessLevel;
import dev.hallpass.api.v1alpha1.Kubernetes;
import dev.hallpass.api.v1alpha1.KubernetesAccess;
import dev.hallpass.provider.AccountDriverContract;
import dev.hallpass.provider.Grant;
import dev.hallpass.provider.Material;
import dev.hallpass.provider.Target;
import dev.hallpass.provider.TargetDriver;
import dev.hallpass.provider.TargetException;
import dev.hallpass.testing.KubeApi;
import dev.hallpass.wire.Reason;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(KubeApi.class)
class KubernetesDriverIT implements AccountDriverContract {
  private static final String HALLPASS = "hallpass-system";
  private static final String ACCOUNT = "ci-deployer";
  private static final String BROKER = "system:serviceaccount:hallpass-system:hallpass-broker";
  private static final String CONTROLLER =
      "system:serviceaccount:hallpass-system:hallpass-controller";

  private KubeApi api;
  private KubernetesDriver driver;

  @BeforeEach
  void prepare(KubeApi shared) {
    api = shared;
    driver = new KubernetesDriver(api.client(), HALLPASS, Clock.systemUTC());
    account(ACCOUNT);
  }

  @AfterEach
  void close() {
    driver.close();
  }

  @Override
  public TargetDriver driver() {
    return driver;
  }

  @Override
  public AccessLevel level() {
    return level(ACCOUNT, null);
  }

  @Override
  public Target target() {
    return target("CredentialProvider/" + api.namespace() + "/deploy", null);
  }

  /** Any call will do: what the service account may do is not the token's affair. */
  @Override
  public boolean admits(Material material) {
    try (var pod = as(material.get("token").reveal())) {
      pod.pods().inNamespace(api.namespace()).list();
      return true;
    } catch (KubernetesClientException e) {
      return e.getCode() == 403;
    }
  }

  /** The API server remembers for ten seconds that a token was good. */
  @Override
  public void assertRefused(Material material) {
    await().atMost(Duration.ofSeconds(60)).until(() -> !admits(material));
  }

  @Test
  void theTokenActsAsTheServiceAccountAndIsBoundToTheLease() throws IOException {
    var grant = grant(UUID.randomUUID(), 1);
    var claims = claims(driver.issue(target(), grant));

    assertThat(claims.get("sub"))
        .isEqualTo("system:serviceaccount:%s:%s".formatted(api.namespace(), ACCOUNT));
    assertThat(claims.get("kubernetes.io").toString())
        .contains("secret={name=" + grant.subject().name().replace('_', '-'));
  }

  @Test
  void theSecretThatItIsBoundToIsEmptyAndSaysWhoseItIs() {
    var grant = grant(UUID.randomUUID(), 3);
    driver.issue(target(), grant);

    var anchor = anchor(grant);
    assertThat(anchor.getData()).isNullOrEmpty();
    assertThat(anchor.getImmutable()).isTrue();
    assertThat(anchor.getMetadata().getAnnotations())
        .containsEntry("hallpass.dev/epoch", "3")
        .containsEntry("hallpass.dev/holder", grant.holder().toString());
  }

  @Test
  void aTokenOfAnotherAudienceIsNoneOfTheApiServers() throws IOException {
    var level = level(ACCOUNT, List.of("https://deploy.example.org"));
    var grant = grant(UUID.randomUUID(), 1);
    var material =
        driver.issue(
            target(), new Grant(grant.subject(), 1, level, grant.expiresAt(), grant.holder()));

    assertThat(claims(material).get("aud")).isEqualTo(List.of("https://deploy.example.org"));
    assertThat(admits(material)).isFalse();
  }

  /** Of 3607 seconds, the API server would make a year. */
  @ParameterizedTest
  @ValueSource(longs = {601, 3606, 3607, 3608, 7200})
  void noTokenLivesLongerThanItsLease(long seconds) throws IOException {
    var grant = grant(UUID.randomUUID(), 1);
    var now = Instant.now();
    var clock = Clock.fixed(now, java.time.ZoneOffset.UTC);
    var expiresAt = now.plusSeconds(seconds);
    var material =
        new KubernetesDriver(api.client(), HALLPASS, clock)
            .issue(target(), new Grant(grant.subject(), 1, level(), expiresAt, grant.holder()));
    var took = Duration.between(now, Instant.now());

    var end = Instant.ofEpochSecond(((Number) claims(material).get("exp")).longValue());
    assertThat(end).isBetween(expiresAt.minusSeconds(2), expiresAt.plus(took).plusSeconds(2));
  }

  @Test
  void allTokensOfALeaseEndTogether() {
    var lease = UUID.randomUUID();
    var first = driver.issue(target(), grant(lease, 1));
    var second = driver.issue(target(), grant(lease, 2));

    driver.revoke(target(), grant(lease, 2).subject());

    assertRefused(first);
    assertRefused(second);
  }

  /** The memory that docs/providers/kubernetes.md tells of. */
  @Test
  void aTokenInConstantUseIsRefusedWithinTheApiServersMemory() {
    var grant = grant(UUID.randomUUID(), 1);
    var material = driver.issue(target(), grant);
    assertThat(admits(material)).isTrue();

    driver.revoke(target(), grant.subject());

    // If use made that memory last, this would never be.
    assertRefused(material);
  }

  @Test
  void aSecretMadeAgainUnderTheSameNameBringsNoTokenBack() {
    var grant = grant(UUID.randomUUID(), 1);
    var material = driver.issue(target(), grant);
    var anchor = anchor(grant);
    driver.revoke(target(), grant.subject());
    anchor.getMetadata().setUid(null);
    anchor.getMetadata().setResourceVersion(null);
    api.client().resource(anchor).create();

    assertRefused(material);
  }

  @Test
  void aFinalizerOfSomebodyElseIsNoRevocation() {
    var grant = grant(UUID.randomUUID(), 1);
    driver.issue(target(), grant);
    api.client()
        .resource(
            anchor(grant)
                .edit()
                .editMetadata()
                .addToFinalizers("example.org/keep")
                .endMetadata()
                .build())
        .update();

    refused(
        Reason.RemovalBlocked, "example.org/keep", () -> driver.revoke(target(), grant.subject()));
    refused(
        Reason.LeaseEnded,
        "being deleted",
        () -> driver.issue(target(), grant(grant.subject().leaseUid(), 2)));

    api.client()
        .secrets()
        .inNamespace(api.namespace())
        .withName(anchor(grant).getMetadata().getName())
        .edit(s -> s.edit().editMetadata().withFinalizers().endMetadata().build());
    driver.revoke(target(), grant.subject());
  }

  @Test
  void anEpochThatSomebodyRemovedIssuesNothing() {
    var grant = grant(UUID.randomUUID(), 1);
    driver.issue(target(), grant);
    api.client()
        .resource(
            anchor(grant)
                .edit()
                .editMetadata()
                .removeFromAnnotations("hallpass.dev/epoch")
                .endMetadata()
                .build())
        .update();

    refused(
        Reason.Superseded,
        "epoch",
        () -> driver.issue(target(), grant(grant.subject().leaseUid(), 2)));
  }

  @Test
  void aProviderSpeaksForItsOwnNamespaceAlone() {
    refused(
        Reason.ServiceAccountNotAllowed,
        "alone, not in payments",
        () -> driver.probe(target("CredentialProvider/shop/deploy", "payments")));
    refused(
        Reason.ServiceAccountNotAllowed,
        "must name the namespace",
        () -> driver.probe(target("ClusterCredentialProvider/hallpass-system/deploy", null)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"kube-system", "kube-public", HALLPASS})
  void nothingIsMintedWhereTheClusterOrHallpassRuns(String namespace) {
    var grant = grant(UUID.randomUUID(), 1);
    refused(
        Reason.ServiceAccountNotAllowed,
        namespace,
        () ->
            driver.issue(target("ClusterCredentialProvider/hallpass-system/x", namespace), grant));
    refused(
        Reason.ServiceAccountNotAllowed,
        namespace,
        () -> driver.issue(target("CredentialProvider/" + namespace + "/x", null), grant));
  }

  @Test
  void aServiceAccountThatIsMissingIsNamed() {
    var grant = grant(UUID.randomUUID(), 1);
    refused(
        Reason.TargetRefused,
        "there is no service account nobody",
        () ->
            driver.issue(
                target(),
                new Grant(
                    grant.subject(), 1, level("nobody", null), grant.expiresAt(), grant.holder())));
  }

  @Test
  void withoutTheOwnersRoleNothingIsMintedAndTheMessageSaysWhatToApply() {
    var grant = grant(UUID.randomUUID(), 1);
    refused(
        Reason.TargetRefused,
        "config/providers/kubernetes",
        () -> driverOf(BROKER).issue(target(), grant));
    refused(
        Reason.TargetRefused,
        "may not get, list, delete secrets",
        () -> driverOf(CONTROLLER).probe(target()));
  }

  @Test
  void theOwnersRolesSufficeAndReachNoOtherServiceAccount() throws IOException {
    account("other");
    apply("rights.yaml");
    var broker = driverOf(BROKER);
    var controller = driverOf(CONTROLLER);
    var grant = grant(UUID.randomUUID(), 1);

    var material = broker.issue(target(), grant);
    broker.activate(target(), grant);
    broker.issue(target(), grant(grant.subject().leaseUid(), 2));
    assertThat(admits(material)).isTrue();
    refused(
        Reason.TargetRefused,
        "serviceaccounts/token of other",
        () ->
            broker.issue(
                target(),
                new Grant(
                    grant.subject(), 3, level("other", null), grant.expiresAt(), grant.holder())));
    refused(
        Reason.TargetRefused,
        "may not delete secrets",
        () -> broker.revoke(target(), grant.subject()));

    assertThat(controller.inventory(target(), INSTALLATION)).contains(grant.subject());
    refused(
        Reason.TargetRefused,
        "may not create secrets",
        () -> controller.issue(target(), grant(UUID.randomUUID(), 1)));
    controller.revoke(target(), grant.subject());
    assertThat(controller.inventory(target(), INSTALLATION)).isEmpty();
  }

  @Test
  void theGuardKeepsTheBrokerFromStandingTokens() throws IOException {
    apply("rights.yaml");
    apply("guard.yaml");
    var standing =
        new SecretBuilder()
            .withNewMetadata()
            .withGenerateName("standing-")
            .withNamespace(api.namespace())
            .addToAnnotations("kubernetes.io/service-account.name", ACCOUNT)
            .endMetadata()
            .withType("kubernetes.io/service-account-token")
            .build();
    try (var broker = client(BROKER)) {
      await()
          .atMost(Duration.ofSeconds(60))
          .untilAsserted(
              () ->
                  assertThatThrownBy(() -> broker.resource(standing).create())
                      .hasMessageContaining("writes only empty Secrets"));
      new KubernetesDriver(broker, HALLPASS, Clock.systemUTC())
          .issue(target(), grant(UUID.randomUUID(), 1));
    } finally {
      try (var guard = Files.newInputStream(Path.of("config/providers/kubernetes/guard.yaml"))) {
        api.client().load(guard).delete();
      }
    }
  }

  private KubernetesDriver driverOf(String user) {
    return new KubernetesDriver(client(user), HALLPASS, Clock.systemUTC());
  }

  /** With the rights of this user alone. */
  private KubernetesClient client(String user) {
    return new KubernetesClientBuilder()
        .withConfig(
            new ConfigBuilder(api.client().getConfiguration())
                .withImpersonateUsername(user)
                .withImpersonateGroups("system:authenticated")
                .build())
        .build();
  }

  private KubernetesClient as(String token) {
    return new KubernetesClientBuilder()
        .withConfig(
            new ConfigBuilder(api.client().getConfiguration())
                .withOauthToken(token)
                .withRequestRetryBackoffLimit(0)
                .build())
        .build();
  }

  /** As an owner does, with the names of this test. */
  private void apply(String file) throws IOException {
    var text =
        Files.readString(Path.of("config/providers/kubernetes", file))
            .replace("namespace: deployers", "namespace: " + api.namespace());
    api.client()
        .load(
            new java.io.ByteArrayInputStream(
                text.getBytes(java.nio.charset.StandardCharsets.UTF_8)))
        .serverSideApply();
  }

  private void account(String name) {
    api.client()
        .resource(
            new ServiceAccountBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace(api.namespace())
                .endMetadata()
                .build())
        .serverSideApply();
  }

  private io.fabric8.kubernetes.api.model.Secret anchor(Grant grant) {
    return api.client()
        .secrets()
        .inNamespace(api.namespace())
        .withName(grant.subject().name().replace('_', '-'))
        .get();
  }

  private Target target(String id, @Nullable String namespace) {
    return new Target(
        id,
        new CredentialProviderSpec(
            null, null, new Kubernetes(namespace, null, null), null, List.of(level())),
        Map.of());
  }

  private static AccessLevel level(String account, @Nullable List<String> audiences) {
    return new AccessLevel(
        "deployer", "1h", "24h", null, null, new KubernetesAccess(account, audiences));
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> claims(Material material) throws IOException {
    var payload = material.get("token").reveal().split("\\.", -1)[1];
    return new ObjectMapper().readValue(Base64.getUrlDecoder().decode(payload), Map.class);
  }

  private static void refused(Reason reason, String words, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            TargetException.class, e -> assertThat(e.reason()).isEqualTo(reason))
        .hasMessageContaining(words);
  }
}
