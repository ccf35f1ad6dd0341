package dev.hallpass.cli;

import dev.hallpass.api.v1alpha1.CredentialPolicy;
import dev.hallpass.api.v1alpha1.HallpassApi;
import io.fabric8.kubernetes.api.model.authorization.v1.ResourceAttributes;
import io.fabric8.kubernetes.api.model.authorization.v1.ResourceAttributesBuilder;
import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectAccessReviewBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What whoever runs the plugin may do, as the API server's authorizers say.
 *
 * @param namespace where
 * @param everyday what most people's work takes, and whether they may
 */
record OwnRights(String namespace, Map<Right, Boolean> everyday, List<Mandate> mandates) {
  private static final String POLICIES = "credentialpolicies";

  /** Something one may or may not do in a namespace. */
  record Right(String verb, String group, String resource, String purpose) {}

  private static final List<Right> EVERYDAY =
      List.of(
          new Right("list", HallpassApi.GROUP, "credentialrequests", "see requests"),
          new Right("list", HallpassApi.GROUP, "credentialleases", "see leases"),
          new Right("list", "", "pods", "see pods, for tree and explain"),
          new Right("create", "", "pods", "ask the webhook by a dry run, for explain"),
          new Right("delete", HallpassApi.GROUP, "credentialleases", "revoke leases"),
          new Right("patch", HallpassApi.GROUP, "credentialrequests", "revoke by request"),
          new Right("patch", "", "pods", "revoke by pod"));

  /**
   * Asks for all of them at once.
   *
   * @param policies those that this user may see
   */
  static OwnRights read(
      KubernetesClient client, String namespace, List<CredentialPolicy> policies, Reads reads) {
    var everyday = new LinkedHashMap<Right, Supplier<Boolean>>();
    EVERYDAY.forEach(
        r ->
            everyday.put(
                r,
                reads.start(
                    () -> may(client, here(namespace, r.verb(), r.group(), r.resource())))));
    var mandates =
        Stream.of(Mandate.Kind.values())
            .map(k -> mandate(client, namespace, k, policies, reads))
            .toList();
    var answers = new LinkedHashMap<Right, Boolean>();
    everyday.forEach((right, answer) -> answers.put(right, answer.get()));
    return new OwnRights(namespace, answers, mandates.stream().map(Supplier::get).toList());
  }

  private static Supplier<Mandate> mandate(
      KubernetesClient client,
      String namespace,
      Mandate.Kind kind,
      List<CredentialPolicy> policies,
      Reads reads) {
    var here =
        reads.start(
            () ->
                may(
                    client,
                    here(namespace, kind.verbHere(), HallpassApi.GROUP, kind.resourceHere())));
    var anywhere = reads.start(() -> may(client, about(kind.verb(), null)));
    var single =
        kind == Mandate.Kind.APPROVE
            ? policies.stream()
                .filter(p -> p.getSpec().requireApproval() != null)
                .map(p -> p.getMetadata().getName())
                .map(n -> Map.entry(n, reads.start(() -> may(client, about(kind.verb(), n)))))
                .toList()
            : List.<Map.Entry<String, Supplier<Boolean>>>of();
    return () ->
        new Mandate(
            kind,
            here.get(),
            anywhere.get(),
            single.stream().filter(e -> e.getValue().get()).map(Map.Entry::getKey).toList());
  }

  private static ResourceAttributes here(
      String namespace, String verb, String group, String resource) {
    return new ResourceAttributesBuilder()
        .withNamespace(namespace)
        .withVerb(verb)
        .withGroup(group)
        .withResource(resource)
        .build();
  }

  /** Asked without a namespace: these rights are of the cluster. */
  private static ResourceAttributes about(String verb, @Nullable String policy) {
    return new ResourceAttributesBuilder()
        .withVerb(verb)
        .withGroup(HallpassApi.GROUP)
        .withResource(POLICIES)
        .withName(policy)
        .build();
  }

  private static boolean may(KubernetesClient client, ResourceAttributes deed) {
    var review =
        client
            .authorization()
            .v1()
            .selfSubjectAccessReview()
            .create(
                new SelfSubjectAccessReviewBuilder()
                    .withNewSpec()
                    .withResourceAttributes(deed)
                    .endSpec()
                    .build());
    return Boolean.TRUE.equals(review.getStatus().getAllowed());
  }
}
