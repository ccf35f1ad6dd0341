package dev.hallpass.admission;

import dev.hallpass.api.v1alpha1.Delivery;
import dev.hallpass.api.v1alpha1.Delivery.Mode;
import dev.hallpass.api.v1alpha1.HallpassApi;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.SecurityContext;
import io.fabric8.kubernetes.api.model.SecurityContextBuilder;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.VolumeMountBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** The containers, volumes and mounts that a plan adds to a pod. */
final class AgentContainers {
  static final Set<String> NAMES = HallpassApi.AGENT_CONTAINERS;
  private static final String TOKEN_VOLUME = "hallpass-token";

  /** Tmpfs counts as memory: enough for the largest request twice, while files are swapped. */
  private static final String CREDENTIALS_LIMIT = "8Mi";

  private static final String TOKEN_FOLDER = "/var/run/secrets/hallpass.dev";
  private static final String TOKEN_FILE = "token";
  private static final long TOKEN_SECONDS = 3600;
  private static final String API_TOKEN_FOLDER = "/var/run/secrets/kubernetes.io/serviceaccount";

  /** How often in a row, at intervals of a second at least. */
  private static final int STARTUP_FAILURES = 300;

  /** The agent lets kubelet wait for its answer, for less than this. */
  private static final int STARTUP_PATIENCE_SECONDS = 5;

  private final InjectionSettings settings;

  AgentContainers(InjectionSettings settings) {
    this.settings = settings;
  }

  /** The init containers, in their order: what runs once, then what keeps running. */
  List<Container> initContainers(InjectionPlan plan) {
    var containers = new ArrayList<Container>();
    if (!plan.of(Mode.Init).isEmpty()) {
      containers.add(container(HallpassApi.INIT_CONTAINER, "init", Mode.Init, plan).build());
    }
    if (!plan.of(Mode.Sidecar).isEmpty()) {
      containers.add(
          container(HallpassApi.AGENT_CONTAINER, "sidecar", Mode.Sidecar, plan)
              .addToArgs("--ready-port=" + plan.readyPort())
              .withRestartPolicy("Always")
              .withNewStartupProbe()
              .withNewHttpGet()
              .withPath("/ready")
              .withNewPort(plan.readyPort())
              .endHttpGet()
              .withPeriodSeconds(1)
              .withTimeoutSeconds(STARTUP_PATIENCE_SECONDS)
              .withFailureThreshold(STARTUP_FAILURES)
              .endStartupProbe()
              .build());
    }
    return containers;
  }

  /** Whether a volume of that name is ours. */
  static boolean isVolume(String name) {
    return name.equals(TOKEN_VOLUME) || View.isVolume(name);
  }

  List<Volume> volumes(InjectionPlan plan) {
    var volumes = new ArrayList<Volume>();
    plan.views().forEach(view -> volumes.add(tmpfs(view.volume())));
    volumes.add(
        new VolumeBuilder()
            .withName(TOKEN_VOLUME)
            .withNewProjected()
            .addNewSource()
            .withNewServiceAccountToken()
            .withAudience(HallpassApi.TOKEN_AUDIENCE)
            .withExpirationSeconds(TOKEN_SECONDS)
            .withPath(TOKEN_FILE)
            .endServiceAccountToken()
            .endSource()
            .endProjected()
            .build());
    return volumes;
  }

  private static Volume tmpfs(String name) {
    return new VolumeBuilder()
        .withName(name)
        .withNewEmptyDir()
        .withMedium("Memory")
        .withSizeLimit(new Quantity(CREDENTIALS_LIMIT))
        .endEmptyDir()
        .build();
  }

  /** What a container needs to see the files of its view, and cannot write through. */
  VolumeMount consumerMount(View view) {
    return mount(view.volume(), Delivery.MOUNT_PATH).withReadOnly(true).build();
  }

  private ContainerBuilder container(String name, String command, Mode mode, InjectionPlan plan) {
    return new ContainerBuilder()
        .withName(name)
        .withImage(settings.image())
        .withImagePullPolicy(settings.pullPolicy())
        .withArgs(args(command, mode, plan))
        .addNewEnv()
        .withName("HALLPASS_CA")
        .withValue(plan.trustBundle())
        .endEnv()
        .withNewResources()
        .withRequests(quantities(settings.requests()))
        .withLimits(quantities(settings.limits()))
        .endResources()
        .withSecurityContext(restricted(plan.user()))
        .withVolumeMounts(
            plan.views().stream().map(v -> mount(v.volume(), v.folder()).build()).toList())
        .addToVolumeMounts(
            mount(TOKEN_VOLUME, TOKEN_FOLDER).withReadOnly(true).build(),
            // Where a mount is at this path, Kubernetes adds none: the agent gets no token that the
            // API server would accept.
            mount(TOKEN_VOLUME, API_TOKEN_FOLDER).withReadOnly(true).build());
  }

  private List<String> args(String command, Mode mode, InjectionPlan plan) {
    var args = new ArrayList<String>();
    args.add(command);
    args.add("--broker=" + settings.brokerUrl());
    plan.of(mode).forEach(c -> args.add("--credential=" + c + folders(plan.folders(c))));
    plan.of(mode).forEach(c -> notification(c).ifPresent(args::add));
    args.add("--token-file=" + TOKEN_FOLDER + "/" + TOKEN_FILE);
    args.add("--dir=" + Delivery.MOUNT_PATH);
    args.add("--file-mode=" + plan.user().fileMode());
    return args;
  }

  private static Optional<String> notification(InjectionPlan.PlannedCredential credential) {
    var notify = credential.notification();
    if (notify == null) {
      return Optional.empty();
    }
    var http = notify.http();
    var signal = notify.signal();
    var whom =
        http != null
            ? "http://127.0.0.1:" + http.port() + http.path()
            : "signal:%s:%s"
                .formatted(
                    Objects.requireNonNull(signal, "schema: one of both").name(),
                    signal.container());
    return Optional.of("--notify=%s=%s".formatted(credential, whom));
  }

  private static String folders(List<String> folders) {
    return folders.equals(List.of(Delivery.MOUNT_PATH)) ? "" : ":" + String.join(",", folders);
  }

  private static SecurityContext restricted(AgentUser user) {
    return new SecurityContextBuilder()
        .withRunAsNonRoot(true)
        .withRunAsUser(user.uid())
        .withRunAsGroup(user.gid())
        .withReadOnlyRootFilesystem(true)
        .withAllowPrivilegeEscalation(false)
        .withNewCapabilities()
        .addToDrop("ALL")
        .endCapabilities()
        .withNewSeccompProfile()
        .withType("RuntimeDefault")
        .endSeccompProfile()
        .build();
  }

  private static VolumeMountBuilder mount(String volume, String path) {
    return new VolumeMountBuilder().withName(volume).withMountPath(path);
  }

  private static Map<String, Quantity> quantities(Map<String, String> amounts) {
    var quantities = new TreeMap<String, Quantity>();
    amounts.forEach((name, amount) -> quantities.put(name, new Quantity(amount)));
    return quantities;
  }
}
