package dev.hallpass.cli;

import static java.util.Objects.requireNonNullElse;

import io.fabric8.kubernetes.api.model.NamedContext;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reaches the cluster that kubectl would, as the user that kubectl would be. */
final class KubeconfigConnector implements Cluster.Connector {
  /** The property that names a truststore without anybody in it. */
  static final String NOBODY = "hallpass.truststore.empty";

  /** Where the client looks when nothing names a cluster. */
  private static final String NOWHERE = Config.DEFAULT_MASTER_URL;

  private static final int CONNECT_MILLIS = 10_000;
  private static final int REQUEST_MILLIS = 30_000;
  private static final int RETRIES = 1;

  @Override
  public Cluster connect(ClusterOptions options) {
    var config = config(options);
    var chosen = options.namespace == null ? config.getNamespace() : options.namespace;
    return new Cluster(
        new KubernetesClientBuilder()
            .withConfig(config)
            .withKubernetesSerialization(KnownKinds.serialization())
            .build(),
        requireNonNullElse(chosen, "default"));
  }

  /** Without a look at the current context where another is asked for: its key is not for that. */
  static Config config(ClusterOptions options) {
    var read = read(options.kubeconfig, options.context);
    requireContext(read, options.context);
    switch (ClientKey.of(read)) {
      case ClientKey.Plain() -> {}
      case ClientKey.Curve curve -> {
        read.setClientKeyAlgo("EC");
        read.setClientKeyData(curve.data());
      }
      case ClientKey.Unusable(var form) ->
          throw new Failure(
              ExitCode.USAGE, "the client key of context %s %s".formatted(named(read), form));
    }
    trustNoOther(read);
    return new ConfigBuilder(acting(read, options))
        .withAutoConfigure(false)
        .withConnectionTimeout(CONNECT_MILLIS)
        .withRequestTimeout(REQUEST_MILLIS)
        .withRequestRetryBackoffLimit(RETRIES)
        .build();
  }

  /**
   * Beside the authority that a kubeconfig names, the client would trust all those of Java: whom
   * kubectl does not, and whose certificates take their time to read.
   */
  private static void trustNoOther(Config read) {
    var named = read.getCaCertData() != null || read.getCaCertFile() != null;
    if (named && read.getTrustStoreFile() == null) {
      read.setTrustStoreFile(System.getProperty(NOBODY));
    }
  }

  private static Config read(@Nullable Path kubeconfig, @Nullable String context) {
    if (kubeconfig == null) {
      return found(context);
    }
    if (!Files.isReadable(kubeconfig)) {
      throw new Failure(ExitCode.USAGE, "--kubeconfig: %s cannot be read".formatted(kubeconfig));
    }
    try {
      return Config.fromKubeconfig(context, kubeconfig.toFile());
    } catch (KubernetesClientException e) {
      throw new Failure(
          ExitCode.USAGE, "--kubeconfig: %s: %s".formatted(kubeconfig, e.getMessage()));
    }
  }

  /** As kubectl finds it; in a pod without a kubeconfig, as its service account. */
  private static Config found(@Nullable String context) {
    var config = Config.autoConfigure(context);
    if (config.getContexts().isEmpty() && config.getMasterUrl().startsWith(NOWHERE)) {
      throw new Failure(
          ExitCode.USAGE,
          "there is no kubeconfig with a cluster in it at %s: name one by KUBECONFIG or --kubeconfig"
              .formatted(String.join(" or ", Config.getKubeconfigFilenames())));
    }
    return config;
  }

  private static Config acting(Config own, ClusterOptions options) {
    if (options.user == null) {
      if (!options.groups.isEmpty()) {
        throw new Failure(ExitCode.USAGE, "--as-group: give --as, too");
      }
      return own;
    }
    return new ConfigBuilder(own)
        .withAutoConfigure(false)
        .withImpersonateUsername(options.user)
        .withImpersonateGroups(options.groups.toArray(String[]::new))
        .build();
  }

  private static String named(Config config) {
    var current = config.getCurrentContext();
    return current == null ? "none" : current.getName();
  }

  private static void requireContext(Config config, @Nullable String context) {
    var names = config.getContexts().stream().map(NamedContext::getName).sorted().toList();
    if (context != null && !names.contains(context)) {
      throw new Failure(
          ExitCode.USAGE,
          "--context: there is no context %s, only: %s"
              .formatted(context, names.stream().collect(Collectors.joining(", "))));
    }
  }
}
