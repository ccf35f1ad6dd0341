package dev.hallpass.cli;

import dev.hallpass.api.v1alpha1.CredentialRequest;
import dev.hallpass.cli.Named.Kind;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
    name = "explain",
    description = {
      "Why a pod or a request has no credentials, and what to change.",
      "Decides again as the broker would, on what you may see, and asks the API server what would"
          + " become of a copy of the pod, by a dry run. Changes nothing."
    })
final class ExplainCommand implements Callable<Integer> {
  private final Surface surface;
  private final Cluster.Connector connector;

  @Mixin ClusterOptions where = new ClusterOptions();
  @Mixin SystemOptions system = new SystemOptions();
  @Mixin OutputOptions output = new OutputOptions();

  @Parameters(paramLabel = "pod/NAME|creq/NAME", description = "What to explain.")
  String object = "";

  ExplainCommand(Surface surface, Cluster.Connector connector) {
    this.surface = surface;
    this.connector = connector;
  }

  @Override
  public Integer call() {
    var named = Named.parse(object, Kind.POD, Kind.REQUEST);
    var cluster = connector.connect(where);
    var settings = BrokerSettings.read(cluster.client(), system.namespace);
    var now = surface.clock().instant();
    var explanation =
        named.kind() == Kind.POD
            ? PodExplainer.explain(
                PodEvidence.read(cluster, settings, found(cluster, named, Pod.class), now))
            : RequestExplainer.explain(
                RequestEvidence.read(
                    cluster, settings, found(cluster, named, CredentialRequest.class), now));
    if (output.forPeople()) {
      var page = surface.page();
      ExplanationText.write(explanation, page);
      surface.print(page);
    } else {
      surface.print(output.written(explanation));
    }
    return (explanation.blocked() ? ExitCode.FINDING : ExitCode.OK).code();
  }

  private static <T extends HasMetadata> T found(Cluster cluster, Named named, Class<T> kind) {
    var object =
        cluster
            .client()
            .resources(kind)
            .inNamespace(cluster.namespace())
            .withName(named.name())
            .get();
    if (object == null) {
      throw new Failure(
          ExitCode.ABSENT, "there is no %s in namespace %s".formatted(named, cluster.namespace()));
    }
    return object;
  }
}
