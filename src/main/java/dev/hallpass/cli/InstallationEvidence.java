package dev.hallpass.cli;

import dev.hallpass.api.v1alpha1.CredentialPolicy;
import dev.hallpass.api.v1alpha1.HallpassApi;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.MutatingWebhookConfiguration;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What can be seen of an installation.
 *
 * @param version of the API server
 * @param labelled namespaces with injection
 * @param status of all namespaces, or of one where no more may be seen; empty where the cluster
 *     does not know the kinds
 * @param rights of this user
 */
record InstallationEvidence(
    String systemNamespace,
    Instant now,
    String version,
    Reading<CustomResourceDefinition> crds,
    Reading<MutatingWebhookConfiguration> webhook,
    Reading<Deployment> deployments,
    Reading<Lease> leader,
    Reading<Secret> serving,
    Reading<Namespace> labelled,
    Reading<CredentialPolicy> policies,
    Reading<StatusReport> status,
    OwnRights rights) {
  private static final String WEBHOOK = "hallpass";
  private static final String LEADER = "hallpass-controller";
  private static final String SERVING = "hallpass-serving";

  /** Reads it. Throws what the client throws, but for what the user may not see. */
  static InstallationEvidence read(Cluster cluster, String systemNamespace, Instant now) {
    var client = cluster.client();
    var version = client.getKubernetesVersion().getGitVersion();
    try (var reads = new Reads()) {
      var crds =
          reads.start(
              () ->
                  Reading.of(
                      () ->
                          client
                              .apiextensions()
                              .v1()
                              .customResourceDefinitions()
                              .list()
                              .getItems()
                              .stream()
                              .filter(c -> HallpassApi.GROUP.equals(c.getSpec().getGroup()))
                              .toList()));
      var webhook =
          reads.start(
              () ->
                  Reading.one(
                      () ->
                          client
                              .admissionRegistration()
                              .v1()
                              .mutatingWebhookConfigurations()
                              .withName(WEBHOOK)
                              .get()));
      var deployments =
          reads.start(
              () ->
                  Reading.of(
                      () ->
                          client
                              .apps()
                              .deployments()
                              .inNamespace(systemNamespace)
                              .list()
                              .getItems()));
      var leader =
          reads.start(
              () ->
                  Reading.one(
                      () -> client.leases().inNamespace(systemNamespace).withName(LEADER).get()));
      var serving =
          reads.start(
              () ->
                  Reading.one(
                      () -> client.secrets().inNamespace(systemNamespace).withName(SERVING).get()));
      var labelled =
          reads.start(
              () ->
                  Reading.of(
                      () ->
                          client
                              .namespaces()
                              .withLabel(HallpassApi.INJECTION_LABEL, "enabled")
                              .list()
                              .getItems()));
      var known = crds.get().obstacle().isPresent() || !crds.get().items().isEmpty();
      var policies =
          reads.start(
              () ->
                  known
                      ? Reading.of(() -> client.resources(CredentialPolicy.class).list().getItems())
                      : new Reading<CredentialPolicy>(List.of(), Optional.empty()));
      var status =
          reads.start(
              () ->
                  known
                      ? status(cluster, now)
                      : new Reading<StatusReport>(List.of(), Optional.empty()));
      var rights = OwnRights.read(client, cluster.namespace(), policies.get().items(), reads);
      return new InstallationEvidence(
          systemNamespace,
          now,
          version,
          crds.get(),
          webhook.get(),
          deployments.get(),
          leader.get(),
          serving.get(),
          labelled.get(),
          policies.get(),
          status.get(),
          rights);
    }
  }

  /** What shows the logs of the controllers. */
  String logs() {
    return "kubectl -n %s logs -l app.kubernetes.io/component=controller --prefix --tail 100"
        .formatted(systemNamespace);
  }

  /** Of all namespaces, where this user may; else of the user's own. */
  private static Reading<StatusReport> status(Cluster cluster, Instant now) {
    var everywhere = Reading.of(() -> List.of(Snapshot.read(cluster, new Namespaces.All(), now)));
    var seen =
        everywhere.obstacle().isEmpty()
            ? everywhere
            : Reading.of(
                () ->
                    List.of(Snapshot.read(cluster, new Namespaces.One(cluster.namespace()), now)));
    return new Reading<>(seen.items().stream().map(StatusReport::of).toList(), seen.obstacle());
  }
}
