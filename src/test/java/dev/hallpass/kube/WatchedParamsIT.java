package dev.hallpass.kube;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.hallpass.api.v1alpha1.CredentialPolicy;
import dev.hallpass.kube.ParamState.Found;
import dev.hallpass.kube.ParamState.Missing;
import dev.hallpass.kube.ParamState.Unreadable;
import dev.hallpass.testing.KubeApi;
import dev.hallpass.testing.NamespacePolicies;
import dev.hallpass.testing.WindowKind;
import dev.hallpass.wire.Reason;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What policies take parameters from: it comes, changes and goes, and so do its kind and rights.
 */
@ExtendWith(KubeApi.class)
class WatchedParamsIT {
  private static final String ACCOUNT = "reader";
  private static final String VALIDATIONS = "validations: [{expression: 'true'}]\n";
  private static final Duration SOON = Duration.ofSeconds(60);

  /** Until it is asked again whether what is watched may be. */
  private static final Duration NEXT_CHECK = Duration.ofSeconds(60);

  private final List<ParamObject> told = new CopyOnWriteArrayList<>();
  private KubeApi kube;
  private WindowKind windows;
  private NamespacePolicies policies;
  private KubernetesClient reading;
  private SharedIndexInformer<CredentialPolicy> informer;
  private WatchedParams params;
  private ParamObject object;

  @BeforeEach
  void watch(KubeApi api) {
    kube = api;
    windows = new WindowKind(api.client(), api.namespace());
    policies = new NamespacePolicies(api.client(), api.namespace());
    reading = api.client(ACCOUNT);
    informer = api.client().resources(CredentialPolicy.class).runnableInformer(0);
    params = WatchedParams.of(reading, informer);
    params.onChange(told::add);
    informer.run();
    object = new ParamObject(windows.apiVersion(), "Window", api.namespace(), "a");
  }

  @AfterEach
  void stop() {
    params.close();
    informer.close();
    policies.close();
    windows.close();
    reading.close();
  }

  private ParamState known() {
    return params.states().get(object);
  }

  private void becomes(Reason reason, Duration atMost) {
    await()
        .atMost(atMost)
        .untilAsserted(
            () ->
                assertThat(known())
                    .isInstanceOfSatisfying(
                        Unreadable.class, u -> assertThat(u.reason()).isEqualTo(reason)));
    assertThat(new ParamReader(reading).read(object)).isEqualTo(known());
  }

  private void becomesMissing() {
    await().atMost(SOON).until(() -> known() instanceof Missing);
    assertThat(new ParamReader(reading).read(object)).isEqualTo(known());
  }

  private void becomes(Map<String, ?> spec, Duration atMost) {
    await()
        .atMost(atMost)
        .untilAsserted(
            () ->
                assertThat(known())
                    .isInstanceOfSatisfying(
                        Found.class, f -> assertThat(f.value().get("spec")).isEqualTo(spec)));
    assertThat(new ParamReader(reading).read(object)).isEqualTo(known());
  }

  @Test
  void followsKindRightsAndObjectAsTheyComeAndGo() {
    policies.apply("window", windows.params("a") + VALIDATIONS);
    becomes(Reason.ParamKindUnknown, SOON);
    windows.install();
    becomes(Reason.ParamsForbidden, SOON);
    windows.grant(windows.role("list", "watch"), ACCOUNT);
    becomesMissing();

    windows.set("a", "{open: true, level: 3}");
    becomes(Map.of("open", true, "level", 3L), SOON);
    windows.set("a", "{open: false, level: 3}");
    becomes(Map.of("open", false, "level", 3L), SOON);
    windows.delete("a");
    becomesMissing();
    windows.set("a", "{open: true}");
    becomes(Map.of("open", true), SOON);
    assertThat(params.currentStates()).isEqualTo(params.states());

    windows.revoke();
    becomes(Reason.ParamsForbidden, NEXT_CHECK);
    assertThat(params.currentStates()).isEqualTo(params.states());
    windows.grant(windows.role("list", "watch"), ACCOUNT);
    becomes(Map.of("open", true), SOON);
    windows.uninstall();
    becomes(Reason.ParamKindUnknown, NEXT_CHECK);
    assertThat(told).containsOnly(object).hasSizeGreaterThanOrEqualTo(8);
  }

  @Test
  void saysWhatToDoAboutIt() {
    policies.apply("window", windows.params("a") + VALIDATIONS);

    becomes(Reason.ParamKindUnknown, SOON);
    assertThat(((Unreadable) known()).message())
        .isEqualTo(
            "spec.params.paramKind: the API server has no kind Window of %s; install its CRD"
                .formatted(windows.apiVersion()));
    windows.install();
    becomes(Reason.ParamsForbidden, SOON);
    assertThat(((Unreadable) known()).message())
        .isEqualTo(
            "spec.params.paramKind: Hallpass may not list and watch windows.%s.example.com; allow it by a ClusterRole with the label hallpass.dev/aggregate-to-params: \"true\""
                .formatted(kube.namespace()));
  }

  /** To read once is not to hear of changes. */
  @Test
  void whatMayNotBeWatchedIsNotTakenForKnown() {
    windows.install();
    windows.set("a", "{open: true}");
    windows.grant(windows.role("get", "list"), ACCOUNT);
    policies.apply("window", windows.params("a") + VALIDATIONS);

    await()
        .atMost(SOON)
        .until(() -> known() instanceof Unreadable u && u.reason() == Reason.ParamsForbidden);
    await().during(Duration.ofSeconds(5)).atMost(SOON).until(() -> known() instanceof Unreadable);
  }

  /** However many there are. */
  @Test
  void asksForTheNamedObjectAlone() {
    windows.install();
    windows.set("a", "{open: true}");
    windows.set("b", "{open: true}");
    var role = windows.role("list", "watch");
    role.getRules().getFirst().setResourceNames(List.of("a"));
    windows.grant(role, ACCOUNT);
    policies.apply("window", windows.params("a") + VALIDATIONS);

    becomes(Map.of("open", true), SOON);
    windows.set("a", "{open: false}");
    becomes(Map.of("open", false), SOON);
    assertThat(kube.accesses(ACCOUNT))
        .isNotEmpty()
        .allMatch(a -> a.resource().isEmpty() || a.name().equals("a"));
  }

  /** Neither for a policy that came past the schema, nor for an account that may read them all. */
  @Test
  void readsNoSecretWhateverItIsGranted() {
    kube.client()
        .resource(
            new SecretBuilder()
                .withNewMetadata()
                .withName("a")
                .withNamespace(kube.namespace())
                .endMetadata()
                .addToStringData("password", "loopback-test-canary")
                .build())
        .create();
    var role = windows.role("list", "watch");
    role.getRules().getFirst().setApiGroups(List.of(""));
    role.getRules().getFirst().setResources(List.of("secrets", "configmaps"));
    windows.grant(role, ACCOUNT);
    var policy =
        Serialization.unmarshal(
            """
            metadata: {name: leak, uid: leak, generation: 1}
            spec:
              params:
                paramKind: {apiVersion: v1, kind: Secret}
                paramRef: {name: a, namespace: %s}
              validations: [{expression: "false", messageExpression: string(params.data.password)}]
            """
                .formatted(kube.namespace()),
            CredentialPolicy.class);
    var live = new LiveCatalog(reading, kube.namespace());
    await().ignoreExceptions().until(() -> live.params().configMaps().isEmpty());

    var known = live.params();

    assertThat(known.of(Objects.requireNonNull(policy.getSpec().params())))
        .isInstanceOfSatisfying(
            Unreadable.class, u -> assertThat(u.reason()).isEqualTo(Reason.PolicyInvalid));
    assertThat(kube.accesses(ACCOUNT)).isNotEmpty().noneMatch(a -> a.resource().equals("secrets"));
    assertThatThrownBy(() -> kube.client().resource(policy).create())
        .hasMessageContaining("kinds of Kubernetes itself, such as Secret, are refused");
  }

  /** A policy that does not match never asks. */
  @Test
  void liveItIsReadWhenItIsAskedFor() {
    windows.install();
    windows.set("a", "{open: true}");
    var role = windows.role("list", "watch");
    role.getRules().getFirst().getApiGroups().add("");
    role.getRules().getFirst().getResources().add("configmaps");
    windows.grant(role, ACCOUNT);
    var policy = policies.apply("window", windows.params("a") + VALIDATIONS);
    policies.close();
    await().atMost(SOON).until(() -> params.states().isEmpty());
    var live = new LiveCatalog(reading, kube.namespace());
    await().ignoreExceptions().until(() -> live.params().configMaps().isEmpty());
    var before = windowsRead();

    var known = live.params();

    assertThat(windowsRead()).isEqualTo(before);
    var named = Objects.requireNonNull(policy.getSpec().params());
    assertThat(known.of(named)).isInstanceOf(Found.class);
    assertThat(known.of(named)).isSameAs(known.of(named));
  }

  private long windowsRead() {
    return kube.accesses(ACCOUNT).stream().filter(a -> a.resource().equals("windows")).count();
  }

  @Test
  void namespaceAndKindMustFit() {
    windows.install();
    windows.grant(windows.role("list", "watch"), ACCOUNT);
    object = new ParamObject(windows.apiVersion(), "Window", null, "a");
    policies.apply(
        "window",
        """
        params:
          paramKind: {apiVersion: %s, kind: Window}
          paramRef: {name: a}
        """
                .formatted(windows.apiVersion())
            + VALIDATIONS);

    becomes(Reason.ParamsNotFound, SOON);
    assertThat(((Unreadable) known()).message())
        .startsWith("spec.params.paramRef.namespace: must be given");
  }

  /** Whoever starts judges by it at once, and would have to judge again. */
  @Test
  void isKnownOnceItWasWaitedFor() throws InterruptedException {
    windows.install();
    windows.set("a", "{open: true}");
    windows.grant(windows.role("list", "watch"), ACCOUNT);
    becomesReadable();
    policies.apply("window", windows.params("a") + VALIDATIONS);
    try (var started = kube.client().resources(CredentialPolicy.class).runnableInformer(0);
        var waited = WatchedParams.of(reading, started)) {
      started.run();

      waited.awaitFirst(SOON);

      assertThat(waited.states().get(object)).isInstanceOf(Found.class);
    }
  }

  @Test
  void isNotWaitedForWithoutEnd() throws InterruptedException {
    windows.install();
    policies.apply("window", windows.params("a") + VALIDATIONS);
    try (var started = kube.client().resources(CredentialPolicy.class).runnableInformer(0);
        var waited = WatchedParams.of(reading, started)) {
      started.run();

      waited.awaitFirst(Duration.ZERO);

      assertThat(waited.states().get(object)).isInstanceOf(Unreadable.class);
    }
  }

  private void becomesReadable() {
    await().atMost(SOON).until(() -> new ParamReader(reading).read(object) instanceof Found);
  }

  @Test
  void isLetGoOfWithItsPolicy() {
    windows.install();
    windows.grant(windows.role("list", "watch"), ACCOUNT);
    policies.apply("window", windows.params("a") + VALIDATIONS);
    becomesMissing();

    policies.close();

    await().atMost(SOON).until(() -> params.states().isEmpty());
  }
}
