package dev.hallpass.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hallpass.api.v1alpha1.CredentialRequest;
import dev.hallpass.e2e.Host;
import dev.hallpass.testing.KubeApi;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Commands of the plugin as {@code hack/install-cli} packs it, and a question of kubectl to the
 * same API server, in turns: each from the start of its process to its end.
 */
@ExtendWith(KubeApi.class)
class PluginBench {
  private static final int ROUNDS = 10;
  private static final int WARM_UP = 2;
  private static final int REQUESTS = 20;

  /**
   * Prints what the command took: the clock's seconds, and those of the CPU for it and the system.
   * That a command finds something is no failure of it: see {@code ExitCode}.
   */
  private static final String TIMED =
      "TIMEFORMAT='%3R %3U %3S'; { time \"$@\" >/dev/null 2>&1; } 2>&1; (( $? < 2 ))";

  /** What one run took. */
  private record Cost(Duration clock, Duration cpu) {
    static Cost of(List<String> command) {
      var words =
          Stream.concat(Stream.of("bash", "-c", TIMED, "bash"), command.stream())
              .toArray(String[]::new);
      var seconds =
          Stream.of(Host.run(words).strip().split(" ", -1)).map(Double::parseDouble).toList();
      return new Cost(time(seconds.get(0)), time(seconds.get(1) + seconds.get(2)));
    }

    private static Duration time(double seconds) {
      return Duration.ofMillis(Math.round(seconds * 1000));
    }
  }

  @Test
  void besideKubectl(KubeApi kube, @TempDir Path folder) throws IOException {
    for (var i = 0; i < REQUESTS; i++) {
      kube.client().resource(request(kube.namespace(), "orders-" + i)).create();
    }
    var prefix = Path.of("target", "plugin").toAbsolutePath();
    Host.run("env", "PREFIX=" + prefix, "hack/install-cli");
    var plugin = prefix.resolve("bin/kubectl-hallpass").toString();
    var kubectl = Path.of(Host.run("hack/cluster", "bin").strip()).resolve("kubectl").toString();
    var kubeconfig = "--kubeconfig=" + kubeconfig(kube, folder);
    assertThat(Host.run(plugin, kubeconfig, "leases", "-A", "-o", "json")).contains("\"List\"");
    assertThat(Host.run(kubectl, kubeconfig, "get", "creq", "-A")).contains("orders-7");

    var costs =
        inTurns(
            List.of(kubectl, kubeconfig, "get", "creq", "-A"),
            List.of(plugin, "status", "-A", kubeconfig),
            List.of(plugin, "tree", "-A", kubeconfig),
            List.of(plugin, "--version"));

    var baseline = costs.values().iterator().next();
    costs.entrySet().stream()
        .skip(1)
        .forEach(
            e ->
                Figures.add(
                    "kubectl hallpass %s, %d runs".formatted(e.getKey(), ROUNDS),
                    told(e.getValue()),
                    "kubectl get creq -A: " + told(baseline),
                    String.format(
                        Locale.ROOT,
                        "%.1f × the CPU time",
                        sample(e.getValue(), Cost::cpu).millis(.5)
                            / sample(baseline, Cost::cpu).millis(.5)),
                    "p50 ≤ 0.5 s"));
  }

  /** By what is asked, in the order of the commands. */
  @SafeVarargs
  private static Map<String, List<Cost>> inTurns(List<String>... commands) {
    var costs = new LinkedHashMap<String, List<Cost>>();
    for (var i = 0; i < ROUNDS + WARM_UP; i++) {
      for (var command : commands) {
        var asked =
            String.join(
                " ", command.stream().skip(1).filter(w -> !w.startsWith("--kubeconfig")).toList());
        var cost = Cost.of(command);
        if (i >= WARM_UP) {
          costs.computeIfAbsent(asked, a -> new ArrayList<>()).add(cost);
        }
      }
    }
    return costs;
  }

  private static String told(List<Cost> costs) {
    var clock = sample(costs, Cost::clock);
    return String.format(
        Locale.ROOT,
        "p50 %.0f ms, worst %.0f ms, CPU p50 %.0f ms",
        clock.millis(.5),
        clock.millis(1),
        sample(costs, Cost::cpu).millis(.5));
  }

  private static Sample sample(List<Cost> costs, Function<Cost, Duration> part) {
    return new Sample(costs.stream().map(part).toList(), Duration.ofSeconds(1));
  }

  private static Path kubeconfig(KubeApi kube, Path folder) throws IOException {
    var own = kube.client().getConfiguration();
    return Files.writeString(
        folder.resolve("kubeconfig"),
        """
        apiVersion: v1
        kind: Config
        current-context: bench
        contexts: [{name: bench, context: {cluster: bench, user: bench}}]
        clusters: [{name: bench, cluster: {server: "%s", insecure-skip-tls-verify: true}}]
        users: [{name: bench, user: {token: "%s"}}]
        """
            .formatted(own.getMasterUrl(), own.getOauthToken()));
  }

  private static CredentialRequest request(String namespace, String name) {
    return Serialization.unmarshal(
        """
        metadata: {name: %s, namespace: %s}
        spec:
          workload: {serviceAccountName: orders, selector: {matchLabels: {app: %s}}}
          owner: team-orders
          purpose: read orders to build invoices
          credentials:
          - name: db
            providerRef: {kind: CredentialProvider, name: orders-postgres}
            access: reader
            ttl: 15m
            delivery: {mode: Sidecar, files: [{path: db.env, format: Env}]}
        """
            .formatted(name, namespace, name),
        CredentialRequest.class);
  }
}
