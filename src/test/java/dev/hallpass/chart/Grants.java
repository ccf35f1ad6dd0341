package dev.hallpass.chart;

import dev.hallpass.testing.Access;
import dev.hallpass.testing.KubeApi;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.MutatingWebhookConfiguration;
import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReviewBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What the chart grants a process, in force in a test's namespace. */
public final class Grants implements AutoCloseable {
  private static final String PARAMS = "hallpass-params";

  private final KubernetesClient client;
  private final String namespace;
  private final String account;
  private final List<HasMetadata> installed;
  private final List<PolicyRule> rules;

  private Grants(KubeApi api, String account, List<HasMetadata> installed, List<PolicyRule> rules) {
    this.client = api.client();
    this.namespace = api.namespace();
    this.account = account;
    this.installed = installed;
    this.rules = rules;
  }

  /** Installs accounts, roles and the webhook's configuration as the chart has them. */
  public static Grants install(KubeApi api, String process) {
    var name = "hallpass-" + process;
    var chart = Helm.objectsIn(api.namespace());
    var rules = new ArrayList<PolicyRule>();
    var installed = new ArrayList<HasMetadata>();
    for (var object : chart) {
      if (object instanceof MutatingWebhookConfiguration webhooks) {
        unserved(webhooks);
      }
      if (installed(object, name)) {
        installed.add(api.client().resource(object).forceConflicts().serverSideApply());
      }
      if (object instanceof ClusterRole role && role.getMetadata().getName().equals(name)) {
        rules.addAll(role.getRules());
      } else if (object instanceof Role role && role.getMetadata().getName().equals(name)) {
        rules.addAll(role.getRules());
      }
    }
    return new Grants(api, name, installed, rules);
  }

  /** Requests are written here without anybody to stamp them. */
  private static void unserved(MutatingWebhookConfiguration webhooks) {
    webhooks.getWebhooks().stream()
        .filter(w -> w.getNamespaceSelector() == null)
        .forEach(w -> w.setFailurePolicy("Ignore"));
  }

  private static boolean installed(HasMetadata object, String process) {
    return object.getKind().equals("MutatingWebhookConfiguration")
        || (Set.of(process, PARAMS).contains(object.getMetadata().getName())
            && (object.getKind().contains("Role") || object.getKind().equals("ServiceAccount")));
  }

  /**
   * Whether the process may do so now, in the test's namespace, where a name is given with that
   * object alone. Asked for the process, which does not ask: it could be refused.
   */
  public boolean allow(String verb, String group, String resource, @Nullable String name) {
    return client
        .authorization()
        .v1()
        .subjectAccessReview()
        .create(
            new SubjectAccessReviewBuilder()
                .withNewSpec()
                .withUser("system:serviceaccount:%s:%s".formatted(namespace, account))
                .withNewResourceAttributes()
                .withVerb(verb)
                .withGroup(group)
                .withResource(resource)
                .withNamespace(name == null ? null : namespace)
                .withName(name)
                .endResourceAttributes()
                .endSpec()
                .build())
        .getStatus()
        .getAllowed();
  }

  /**
   * Adds a role as Kubernetes does, whose controller does not run here: what the chart's role
   * selects by its labels, it has.
   */
  public void aggregate(ClusterRole added) {
    client.resource(added).serverSideApply();
    client
        .rbac()
        .clusterRoles()
        .withName(PARAMS)
        .edit(
            role -> {
              var selected =
                  role.getAggregationRule().getClusterRoleSelectors().stream()
                      .anyMatch(
                          s ->
                              added
                                  .getMetadata()
                                  .getLabels()
                                  .entrySet()
                                  .containsAll(s.getMatchLabels().entrySet()));
              if (selected) {
                role.setRules(added.getRules());
              }
              return role;
            });
  }

  /** Lets the process read the Secret {@code admin}, as the owner of a provider does. */
  public void grantAdminSecret() {
    var role =
        new RoleBuilder()
            .withNewMetadata()
            .withName("admin-secret")
            .withNamespace(namespace)
            .endMetadata()
            .addNewRule()
            .withApiGroups("")
            .withResources("secrets")
            .withResourceNames("admin")
            .withVerbs("get")
            .endRule()
            .build();
    client.resource(role).create();
    client
        .resource(
            new RoleBindingBuilder()
                .withNewMetadata()
                .withName("admin-secret")
                .withNamespace(namespace)
                .endMetadata()
                .withNewRoleRef("rbac.authorization.k8s.io", "Role", "admin-secret")
                .addNewSubject("", "ServiceAccount", account, namespace)
                .build())
        .create();
  }

  /** A webhook that nobody serves would keep the pods of all other tests out. */
  @Override
  public void close() {
    installed.forEach(object -> client.resource(object).delete());
  }

  /** What is granted and was not asked for: a verb, a resource and its group each. */
  public Set<String> unused(Collection<Access> accesses) {
    var unused = new TreeSet<String>();
    rules.forEach(rule -> unused.addAll(unused(rule, accesses)));
    return unused;
  }

  private static List<String> unused(PolicyRule rule, Collection<Access> accesses) {
    return rule.getApiGroups().stream()
        .flatMap(
            group ->
                rule.getResources().stream()
                    .flatMap(
                        resource ->
                            rule.getVerbs().stream()
                                .flatMap(verb -> unused(rule, verb, group, resource, accesses))))
        .toList();
  }

  private static Stream<String> unused(
      PolicyRule rule, String verb, String group, String resource, Collection<Access> accesses) {
    var used =
        accesses.stream()
            .filter(a -> a.verb().equals(verb) && a.group().equals(group))
            .filter(a -> a.resource().equals(resource))
            .anyMatch(
                a ->
                    rule.getResourceNames().isEmpty()
                        || rule.getResourceNames().contains(a.name()));
    return used
        ? Stream.empty()
        : Stream.of("%s %s%s".formatted(verb, resource, group.isEmpty() ? "" : "." + group));
  }
}
