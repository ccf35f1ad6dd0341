package dev.hallpass.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.api.v1alpha1.CredentialLeaseStatus;
import dev.hallpass.api.v1alpha1.CredentialLeaseStatus.LeasePhase;
import dev.hallpass.api.v1alpha1.CredentialRequest;
import dev.hallpass.api.v1alpha1.EndedBy;
import dev.hallpass.api.v1alpha1.HallpassApi;
import dev.hallpass.kube.Conditions;
import dev.hallpass.lease.LeaseJudge;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.readiness.Readiness;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One namespace with a provider of its own, in which a test applies workloads and watches what
 * becomes of them.
 */
public record Scene(KubernetesClient client, Database database, String namespace)
    implements AutoCloseable {
  public static final String SYSTEM_NAMESPACE = "hallpass-system";

  /**
   * A pod's credential, as the pod itself reads it.
   *
   * @param role the number by which the server knows the user, also when it is gone; empty where it
   *     was gone already
   */
  public record Login(String username, String password, String role) {}

  /** A namespace in which pods are served. */
  static Scene open(KubernetesClient client, Database database) {
    var scene = bare(client, database);
    scene.furnish();
    return scene;
  }

  /** A namespace that has nothing yet. */
  static Scene bare(KubernetesClient client, Database database) {
    var namespace =
        client
            .resource(
                new NamespaceBuilder()
                    .withNewMetadata()
                    .withGenerateName("hallpass-e2e-")
                    .addToLabels("hallpass.dev/injection", "enabled")
                    .addToLabels("pod-security.kubernetes.io/enforce", "restricted")
                    .endMetadata()
                    .build())
            .create()
            .getMetadata()
            .getName();
    return new Scene(client, database, namespace);
  }

  /** Gives it a provider, service accounts and a request, which is Ready. */
  void furnish() {
    apply("provider.yaml");
    apply("request.yaml");
    awaitReady("db");
  }

  /** Creates what a file of {@code src/test/resources/e2e} says, in the namespace. */
  List<HasMetadata> apply(String file) {
    return apply(file, Map.of());
  }

  /** Creates what a file says, with these values in place of its variables. */
  List<HasMetadata> apply(String file, Map<String, String> values) {
    try (InputStream in = Scene.class.getResourceAsStream("/e2e/" + file)) {
      var yaml =
          new String(Objects.requireNonNull(in, file).readAllBytes(), StandardCharsets.UTF_8)
              .replace("${DATABASE_HOST}", Database.HOST)
              .replace("${ADMIN_PASSWORD}", database.adminPassword());
      for (var value : values.entrySet()) {
        yaml = yaml.replace("${" + value.getKey() + "}", value.getValue());
      }
      return client
          .load(new java.io.ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8)))
          .inNamespace(namespace)
          .create();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The same cluster, seen in another namespace, which nobody closes. */
  Scene in(String other) {
    return new Scene(client, database, other);
  }

  void awaitReady(String request) {
    await("the request " + request + " is Ready")
        .atMost(Duration.ofSeconds(60))
        .until(
            () -> {
              var status = request(request).getStatus();
              return status != null && Conditions.holds(status.conditions(), Conditions.READY);
            });
  }

  CredentialRequest request() {
    return request("db");
  }

  private CredentialRequest request(String name) {
    return client.resources(CredentialRequest.class).inNamespace(namespace).withName(name).get();
  }

  /** Asks for the end of what a request has given, and that nothing more is given. */
  void revoke(String request) {
    client
        .resources(CredentialRequest.class)
        .inNamespace(namespace)
        .withName(request)
        .edit(
            r -> {
              r.getMetadata().getAnnotations().put(HallpassApi.REVOKE_ANNOTATION, "all");
              return r;
            });
  }

  List<CredentialLease> leases() {
    return client.resources(CredentialLease.class).inNamespace(namespace).list().getItems();
  }

  /** Those of all namespaces. */
  List<CredentialLease> allLeases() {
    return client.resources(CredentialLease.class).inAnyNamespace().list().getItems();
  }

  Optional<Pod> pod(String app) {
    return pods(app).stream().findFirst();
  }

  /** The app's pods, but those that go. */
  List<Pod> pods(String app) {
    return client.pods().inNamespace(namespace).withLabel("app", app).list().getItems().stream()
        .filter(p -> p.getMetadata().getDeletionTimestamp() == null)
        .toList();
  }

  /** Those of the app's pods whose containers are ready. */
  List<Pod> ready(String app) {
    return pods(app).stream().filter(Scene::isReady).toList();
  }

  static boolean isReady(Pod pod) {
    return Readiness.isPodReady(pod);
  }

  /** A deployment's pod, ready and with an active lease. */
  Pod served(String app) {
    apply(app + ".yaml");
    var pod = awaitRunning(app);
    awaitActive(pod);
    return pod;
  }

  /** The app's pod, whatever its state. */
  Pod firstPod(String app) {
    return await(app + " has a pod")
        .atMost(Duration.ofSeconds(60))
        .until(() -> pod(app), Optional::isPresent)
        .orElseThrow();
  }

  void scale(String deployment, int replicas) {
    client.apps().deployments().inNamespace(namespace).withName(deployment).scale(replicas);
  }

  /** Waits until the pod's containers are ready. */
  Pod awaitRunning(String app) {
    await(app + " has a pod").atMost(Duration.ofSeconds(60)).until(() -> pod(app).isPresent());
    return client.pods().resource(pod(app).orElseThrow()).waitUntilReady(3, TimeUnit.MINUTES);
  }

  /** Stops the agent where it stands, so that it neither renews nor tells anybody. */
  void freezeAgent(Pod pod) {
    signal(pod, "hallpass-agent", "STOP");
  }

  /**
   * Sends this signal to all processes of a container, on their node; one that is gone needs none.
   */
  void signal(Pod pod, String container, String signal) {
    var status = client.pods().resource(pod).get().getStatus();
    var id =
        Stream.of(status.getInitContainerStatuses(), status.getContainerStatuses())
            .flatMap(List::stream)
            .filter(s -> s.getName().equals(container))
            .map(s -> s.getContainerID().substring("containerd://".length()))
            .findFirst()
            .orElseThrow();
    Host.run(
        "docker",
        "exec",
        pod.getSpec().getNodeName(),
        "sh",
        "-c",
        """
        for p in $(grep -ls %s /proc/[0-9]*/cgroup); do
          p=${p%%/cgroup}; kill -%s "${p#/proc/}" || [ ! -e "$p" ] || exit 1
        done"""
            .formatted(id, signal));
  }

  /** Labels a pod; null takes the label away. */
  void label(Pod pod, String name, @Nullable String value) {
    client
        .pods()
        .resource(pod)
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            "{\"metadata\":{\"labels\":{\"%s\":%s}}}"
                .formatted(name, value == null ? "null" : "\"" + value + "\""));
  }

  /** Annotates a pod. */
  void annotate(Pod pod, String name, String value) {
    client
        .pods()
        .resource(pod)
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            "{\"metadata\":{\"annotations\":{\"%s\":\"%s\"}}}".formatted(name, value));
  }

  /** The one lease of that pod, once it is as wanted. */
  CredentialLease awaitLease(Pod pod, Duration atMost, Predicate<CredentialLeaseStatus> wanted) {
    return await("lease of " + pod.getMetadata().getName())
        .atMost(atMost)
        .pollInterval(Duration.ofMillis(100))
        .until(
            () ->
                leases().stream()
                    .filter(l -> l.getSpec().pod().uid().equals(pod.getMetadata().getUid()))
                    .filter(l -> l.getStatus() != null && wanted.test(l.getStatus()))
                    .findFirst(),
            Optional::isPresent)
        .orElseThrow();
  }

  /** Waits until the pod's one credential can be used. */
  public CredentialLease awaitActive(Pod pod) {
    return awaitLease(pod, Duration.ofSeconds(60), s -> s.phase() == LeasePhase.Active);
  }

  /** The pod's lease, once it is revoked. */
  public CredentialLease awaitRevoked(Pod pod, Duration atMost) {
    return awaitLease(pod, atMost, s -> s.phase() == LeasePhase.Revoked);
  }

  /** What stands in the pod's db.json. */
  public Login login(Pod pod) {
    try {
      var json = new ObjectMapper().readTree(exec(pod, "cat", "/var/run/hallpass/db.json"));
      var username = json.get("username").asText();
      return new Login(username, json.get("password").asText(), database.number(username));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Puts this machine's kubectl into the pod's app container, and returns its path there. */
  String uploadKubectl(Pod pod) {
    var path = "/tmp/kubectl";
    var tools = Host.run("hack/cluster", "bin").strip();
    client.pods().resource(pod).inContainer("app").file(path).upload(Path.of(tools, "kubectl"));
    exec(pod, "chmod", "+x", path);
    return path;
  }

  /** Writes a file in the pod's app container. */
  void upload(Pod pod, String path, String text) {
    client
        .pods()
        .resource(pod)
        .inContainer("app")
        .file(path)
        .upload(new java.io.ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
  }

  /** Runs a command in the pod's app container, and returns what it prints. */
  String exec(Pod pod, String... command) {
    var ended = run(pod, command);
    if (ended.status() != 0) {
      throw new IllegalStateException(String.join(" ", command) + ": " + ended.complaint());
    }
    return ended.output();
  }

  /** Runs a command in the pod's app container that fails, and returns what it complains of. */
  String complaint(Pod pod, String... command) {
    var ended = run(pod, command);
    assertThat(ended.status()).as(ended.output()).isNotZero();
    return ended.complaint();
  }

  /** How a command ended, and what it printed on standard output and error. */
  private record Ended(int status, String output, String complaint) {}

  private Ended run(Pod pod, String... command) {
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    try (var running =
        client
            .pods()
            .resource(pod)
            .inContainer("app")
            .writingOutput(out)
            .writingError(err)
            .exec(command)) {
      return new Ended(
          running.exitCode().get(60, TimeUnit.SECONDS),
          out.toString(StandardCharsets.UTF_8),
          err.toString(StandardCharsets.UTF_8));
    } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException e) {
      throw new IllegalStateException(String.join(" ", command), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(String.join(" ", command), e);
    }
  }

  /**
   * The pod's account is gone: its lease is {@code Revoked} and says why, nobody can log in with
   * what the pod had, and no session and no role is left.
   */
  void assertEnded(Pod pod, Login login, EndedBy by) {
    var lease = awaitRevoked(pod, Duration.ofMinutes(2));
    assertThat(lease.getStatus().endedBy()).isEqualTo(by);
    assertGone(login);
  }

  void assertGone(Login login) {
    assertThat(database.admits(login.username(), login.password())).isFalse();
    assertThat(login.role()).as("looked up while the user was there").isNotEmpty();
    assertThat(database.sessionsOf(login.role())).isZero();
    assertThat(database.exists(login.username())).isFalse();
  }

  String log(Pod pod) {
    return client.pods().resource(pod).inContainer("app").getLog();
  }

  /**
   * Deletes the namespace, once nothing makes pods in it any more, its leases have ended, and no
   * account of theirs is left: where the admin Secret went before them, nobody could end them.
   */
  @Override
  public void close() {
    client.batch().v1().jobs().inNamespace(namespace).delete();
    client.apps().deployments().inNamespace(namespace).delete();
    await("nothing makes pods")
        .atMost(Duration.ofMinutes(3))
        .until(
            () -> client.apps().replicaSets().inNamespace(namespace).list().getItems().isEmpty());
    client.pods().inNamespace(namespace).withGracePeriod(0).delete();
    await("no live lease is left")
        .atMost(Duration.ofMinutes(3))
        .until(() -> leases().stream().allMatch(LeaseJudge::over));
    await("no account is left")
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(() -> assertThat(database.minted(namespace)).isEmpty());
    client.namespaces().withName(namespace).delete();
  }
}
