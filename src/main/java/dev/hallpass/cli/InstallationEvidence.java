package dev.hallpass.cli;

import dev.hallpass.api.v1alpha1.CredentialPolicy;
import dev.hallpass.api.v1alpha1.HallpassApi;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.MutatingWebhookConfiguration;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectAccessReviewBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What can be seen of an installation.
 *
 * @param version of the API server
 * @param labelled namespaces with injection
 * @param rights of this user, by what they are for
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
    Optional<StatusReport> status,
    Map<Right, Boolean> rights) {
  private static final String WEBHOOK = "hallpass";
  private static final String LEADER = "hallpass-controller";
  private static final String SERVING = "hallpass-serving";

  /** Something a user may or may not do in a namespace. */
  record Right(String verb, String group, String resource, String purpose) {}

  private static final List<Right> RIGHTS =
      List.of(
          new Right("list", HallpassApi.GROUP, "credentialrequests", "see requests"),
          new Right("list", HallpassApi.GROUP, "credentialleases", "see leases"),
          new Right("list", "", "pods", "see pods, for tree and explain"),
          new Right("create", "", "pods", "ask the webhook by a dry run, for explain"),
          new Right("delete", HallpassApi.GROUP, "credentialleases", "revoke leases"),
          new Right("patch", HallpassApi.GROUP, "credentialrequests", "revoke by request"),
          new Right("patch", "", "pods", "revoke by pod"));

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
                  one(
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
              () -> one(() -> client.leases().inNamespace(systemNamespace).withName(LEADER).get()));
      var serving =
          reads.start(
              () ->
                  one(() -> client.secrets().inNamespace(systemNamespace).withName(SERVING).get()));
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
      var rights = reads.start(() -> rights(client, cluster.namespace()));
      var known = crds.get().obstacle().isPresent() || !crds.get().items().isEmpty();
      var policies =
          reads.start(
              () ->
                  known
                      ? Reading.of(() -> client.resources(CredentialPolicy.class).list().getItems())
                      : new Reading<CredentialPolicy>(List.of(), Optional.empty()));
      var status = reads.start(() -> known ? status(cluster, now) : Optional.<StatusReport>empty());
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
          rights.get());
    }
  }

  /** Of all namespaces, where this user may; else of the user's own. */
  private static Optional<StatusReport> status(Cluster cluster, Instant now) {
    var everywhere = Reading.of(() -> List.of(Snapshot.read(cluster, new Scope.All(), now)));
    var seen =
        everywhere.obstacle().isEmpty()
            ? everywhere
            : Reading.of(
                () -> List.of(Snapshot.read(cluster, new Scope.One(cluster.namespace()), now)));
    return seen.items().stream().findFirst().map(StatusReport::of);
  }

  private static <T> Reading<T> one(Supplier<@Nullable T> call) {
    return Reading.of(() -> Optional.ofNullable(call.get()).stream().toList());
  }

  private static Map<Right, Boolean> rights(KubernetesClient client, String namespace) {
    var rights = new LinkedHashMap<Right, Boolean>();
    for (var right : RIGHTS) {
      var review =
          client
              .authorization()
              .v1()
              .selfSubjectAccessReview()
              .create(
                  new SelfSubjectAccessReviewBuilder()
                      .withNewSpec()
                      .withNewResourceAttributes()
                      .withNamespace(namespace)
                      .withVerb(right.verb())
                      .withGroup(right.group())
                      .withResource(right.resource())
                      .endResourceAttributes()
                      .endSpec()
                      .build());
      rights.put(right, Boolean.TRUE.equals(review.getStatus().getAllowed()));
    }
    return rights;
  }
}
