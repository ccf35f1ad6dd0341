package dev.hallpass.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.hallpass.api.v1alpha1.CredentialProvider;
import dev.hallpass.api.v1alpha1.CredentialRequest;
import dev.hallpass.api.v1alpha1.EndedBy;
import dev.hallpass.api.v1alpha1.HallpassApi;
import dev.hallpass.testing.NamespacePolicies;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Isolated;

/** Every ending, while no controller is there to see it. */
@Isolated
@ExtendWith(HallpassCluster.class)
class ControllerDownE2E {
  private static final Duration SOON = Duration.ofSeconds(60);

  /**
   * The namespace controller, which was refused meanwhile, waits up to a minute between attempts.
   */
  private static final Duration NAMESPACE_GONE = Duration.ofMinutes(3);

  private static final String AUDITOR_INSTEAD =
      """
      [{"op": "replace", "path": "%s", "value": "auditor"}]""";

  /** What happens to those who sit in a transaction. */
  private static final List<Ending> LASTING =
      List.of(
          new Ending("deleted", EndedBy.PodDeleted, (s, p) -> s.client().resource(p).delete()),
          new Ending(
              "forced",
              EndedBy.PodDeleted,
              (s, p) -> s.client().resource(p).withGracePeriod(0).delete()),
          new Ending(
              "evicted",
              EndedBy.PodDeleted,
              (s, p) -> assertThat(s.client().pods().resource(p).evict()).isTrue()),
          new Ending(
              "told",
              EndedBy.Requested,
              (s, p) -> s.annotate(p, HallpassApi.REVOKE_ANNOTATION, "incident 7")),
          new Ending("all-told", EndedBy.Requested, (s, p) -> s.revoke("all-told")),
          new Ending(
              "relabelled", EndedBy.RequestChanged, (s, p) -> s.label(p, "credentials", "others")),
          new Ending(
              "narrowed",
              EndedBy.RequestChanged,
              (s, p) ->
                  request(s, "narrowed")
                      .patch(
                          PatchContext.of(PatchType.JSON),
                          AUDITOR_INSTEAD.formatted("/spec/credentials/0/access"))),
          new Ending(
              "withdrawn", EndedBy.RequestDeleted, (s, p) -> request(s, "withdrawn").delete()),
          new Ending(
                  "homeless",
                  EndedBy.ServiceAccountDeleted,
                  (s, p) ->
                      s.client()
                          .serviceAccounts()
                          .inNamespace(s.namespace())
                          .withName("other")
                          .delete())
              .with("ACCOUNT", "other"),
          new Ending(
                  "no-longer-offered",
                  EndedBy.ProviderChanged,
                  (s, p) ->
                      s.client()
                          .resources(CredentialProvider.class)
                          .inNamespace(s.namespace())
                          .withName("narrow")
                          .patch(
                              PatchContext.of(PatchType.JSON),
                              AUDITOR_INSTEAD.formatted("/spec/access/0/name")))
              .with("PROVIDER", "narrow"),
          new Ending("forbidden", EndedBy.PolicyWithdrawn, (s, p) -> {}));

  /** Those whose time is over within a minute. */
  private static final List<Ending> BRIEF =
      List.of(
          new Ending("unrenewed", EndedBy.Expired, Scene::freezeAgent).with("TTL", "1m"),
          new Ending("outlived", EndedBy.Expired, (s, p) -> {})
              .with("TTL", "1m")
              .with("MODE", "Init")
              .with("PROVIDER", "brief"));

  /** A policy that the others never notice. */
  private static final String POLICY =
      """
      validations:
      - expression: "request.metadata.name != 'forbidden'"
        message: no longer
        reason: NoLonger
      """;

  /** How the lease of a pod of this name ends, and by what. */
  private record Ending(
      String name, EndedBy by, Map<String, String> values, BiConsumer<Scene, Pod> happens) {

    Ending(String name, EndedBy by, BiConsumer<Scene, Pod> happens) {
      this(
          name,
          by,
          Map.of(
              "NAME",
              name,
              "ACCOUNT",
              "orders",
              "KIND",
              "CredentialProvider",
              "PROVIDER",
              "orders-postgres",
              "TTL",
              "15m",
              "MODE",
              "Sidecar"),
          happens);
    }

    Ending with(String key, String value) {
      var changed = new HashMap<>(values);
      changed.put(key, value);
      return new Ending(name, by, Map.copyOf(changed), happens);
    }
  }

  /** A pod with its credential, and how its lease is to end. */
  private record Held(Pod pod, Scene.Login login, EndedBy by) {

    static Held of(Scene scene, Pod pod, EndedBy by) {
      scene.awaitActive(pod);
      return new Held(pod, scene.login(pod), by);
    }
  }

  /** What is in Hallpass's own namespace or in none, for one test. */
  private record Offered(KubernetesClient client, List<HasMetadata> objects)
      implements AutoCloseable {

    static Offered to(Scene scene) {
      var objects =
          new Scene(scene.client(), scene.database(), Scene.SYSTEM_NAMESPACE)
              .apply("cluster-provider.yaml", Map.of("NAME", scene.namespace()));
      return new Offered(scene.client(), objects);
    }

    @Override
    public void close() {
      for (var object : objects.reversed()) {
        client.resource(object).delete();
        await(object.getKind() + " is gone")
            .atMost(SOON)
            .until(() -> client.resource(object).get() == null);
      }
    }
  }

  @Test
  void whateverEndsMeanwhileIsRevokedOnceItIsBack(Scene scene) {
    scene.apply("ending-providers.yaml");
    try (var doomed = Scene.open(scene.client(), scene.database());
        var offered = Offered.to(doomed);
        var policies = new NamespacePolicies(scene.client(), scene.namespace())) {
      assertThat(offered.objects()).isNotEmpty();
      var last = List.of(clusterWide(doomed), namespaced());
      ask(doomed, last);
      ask(scene, BRIEF);
      ask(scene, LASTING);
      var lost = serve(doomed, last);
      var held = serve(scene, LASTING);
      var reader = Held.of(scene, scene.served("reader"), EndedBy.PodDeleted);
      var holder = Held.of(scene, scene.served("holder"), EndedBy.PodDeleted);
      try (var seat = Seat.on(scene, reader.pod().getSpec().getNodeName())) {
        var victim = Held.of(scene, seat.victim(), EndedBy.PodDeleted);
        List<Held> all;
        List<Pod> ended;

        scaleController(scene, 0);
        try {
          var brief = serve(scene, BRIEF);
          all =
              Stream.of(held.stream(), brief.stream(), Stream.of(reader, holder, victim))
                  .flatMap(h -> h)
                  .toList();
          happen(scene, BRIEF, brief);
          happen(scene, LASTING, held);
          scene.scale("reader", 0);
          scene
              .client()
              .apps()
              .deployments()
              .inNamespace(scene.namespace())
              .withName("holder")
              .rolling()
              .restart();
          seat.usurp();
          scene.client().namespaces().withName(doomed.namespace()).delete();
          ended = endByThemselves(scene);
          policies.apply("forbids", POLICY);
          awaitGone(scene, all, lost);
          awaitExpired(scene, brief);
          assertThat(Stream.concat(all.stream(), lost.stream()))
              .as("nobody else takes accounts away")
              .allMatch(h -> scene.database().exists(h.login().username()));
        } finally {
          scaleController(scene, 2);
        }

        all.forEach(h -> scene.assertEnded(h.pod(), h.login(), h.by()));
        assertEnded(scene, ended);
        await("the namespace is gone")
            .atMost(NAMESPACE_GONE)
            .until(() -> scene.client().namespaces().withName(doomed.namespace()).get() == null);
        lost.forEach(h -> scene.assertGone(h.login()));
      }
    }
  }

  /** In a namespace that goes, by a provider that stays. */
  private static Ending clusterWide(Scene doomed) {
    return new Ending("doomed-by-others", EndedBy.PodDeleted, (s, p) -> {})
        .with("KIND", "ClusterCredentialProvider")
        .with("PROVIDER", doomed.namespace());
  }

  /** By a provider that goes too. Its Secret, and the grant to read that, are kept until then. */
  private static Ending namespaced() {
    return new Ending("doomed", EndedBy.PodDeleted, (s, p) -> {});
  }

  private static void ask(Scene scene, List<Ending> endings) {
    endings.forEach(e -> scene.apply("ending.yaml", e.values()));
    endings.forEach(e -> scene.awaitReady(e.name()));
  }

  /** A pod for each, in a transaction. */
  private static List<Held> serve(Scene scene, List<Ending> endings) {
    endings.forEach(e -> scene.apply("ending-pod.yaml", e.values()));
    var held =
        endings.stream().map(e -> Held.of(scene, scene.awaitRunning(e.name()), e.by())).toList();
    held.forEach(
        h ->
            await("the transaction of " + h.pod().getMetadata().getName())
                .atMost(SOON)
                .until(() -> scene.database().sessions(h.login().username()) == 1));
    return held;
  }

  private static void happen(Scene scene, List<Ending> endings, List<Held> held) {
    for (var i = 0; i < endings.size(); i++) {
      endings.get(i).happens().accept(scene, held.get(i).pod());
    }
  }

  /** Pods that come and go meanwhile: jobs done, failed and overdue, and one out of memory. */
  private static List<Pod> endByThemselves(Scene scene) {
    for (var file : List.of("report.yaml", "failing-job.yaml", "overdue-job.yaml", "hog.yaml")) {
      scene.apply(file);
    }
    var pods = Stream.of("report", "failing", "overdue", "hog").map(scene::firstPod).toList();
    await("they have had their credentials, and are done")
        .atMost(Duration.ofSeconds(90))
        .until(() -> pods.stream().allMatch(p -> served(scene, p) && over(scene, p)));
    return pods;
  }

  private static boolean served(Scene scene, Pod pod) {
    return scene.leases().stream()
        .filter(l -> l.getSpec().pod().uid().equals(pod.getMetadata().getUid()))
        .anyMatch(l -> l.getStatus() != null && l.getStatus().activatedAt() != null);
  }

  private static boolean over(Scene scene, Pod pod) {
    var now = scene.client().pods().resource(pod).get();
    return now == null || List.of("Succeeded", "Failed").contains(now.getStatus().getPhase());
  }

  private static void awaitGone(Scene scene, List<Held> all, List<Held> lost) {
    await("whatever is deleted is gone")
        .atMost(SOON)
        .until(
            () ->
                Stream.concat(all.stream(), lost.stream())
                    .filter(h -> h.by() == EndedBy.PodDeleted)
                    .allMatch(h -> scene.client().pods().resource(h.pod()).get() == null));
  }

  private static void awaitExpired(Scene scene, List<Held> brief) {
    await("their time is over")
        .atMost(Duration.ofSeconds(90))
        .until(
            () ->
                brief.stream()
                    .map(h -> scene.awaitActive(h.pod()).getStatus().expiresAt())
                    .allMatch(end -> Instant.parse(end).isBefore(Instant.now())));
  }

  private static void assertEnded(Scene scene, List<Pod> pods) {
    for (var pod : pods) {
      var lease = scene.awaitRevoked(pod, SOON);
      assertThat(lease.getStatus().endedBy())
          .as(pod.getMetadata().getName())
          .isEqualTo(
              lease.getSpec().pod().name().startsWith("overdue")
                  ? EndedBy.PodDeleted
                  : EndedBy.PodCompleted);
      assertThat(scene.database().exists(lease.getStatus().subject())).isFalse();
    }
  }

  private static Resource<CredentialRequest> request(Scene scene, String name) {
    return scene
        .client()
        .resources(CredentialRequest.class)
        .inNamespace(scene.namespace())
        .withName(name);
  }

  private static void scaleController(Scene scene, int replicas) {
    scene
        .client()
        .apps()
        .deployments()
        .inNamespace(Scene.SYSTEM_NAMESPACE)
        .withName("hallpass-controller")
        .scale(replicas);
    await("%d controllers".formatted(replicas))
        .atMost(Duration.ofMinutes(2))
        .until(
            () ->
                scene
                        .client()
                        .pods()
                        .inNamespace(Scene.SYSTEM_NAMESPACE)
                        .withLabel("app.kubernetes.io/component", "controller")
                        .list()
                        .getItems()
                        .size()
                    == replicas);
  }
}
