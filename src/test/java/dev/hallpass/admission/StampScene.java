package dev.hallpass.admission;

import dev.hallpass.api.v1alpha1.CredentialRequest;
import dev.hallpass.chart.Helm;
import dev.hallpass.testing.KubeApi;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.LabelSelectorBuilder;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.MutatingWebhookConfiguration;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingAdmissionPolicy;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingAdmissionPolicyBinding;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBuilder;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The webhooks and admission policies that the chart has for what people write, at a real API
 * server, for the test's namespace. Everybody may do everything in the namespace, as tenants of
 * many clusters may, and nothing beyond it.
 */
final class StampScene implements AutoCloseable {
  private static final String EVERYBODY = "system:authenticated";

  private final KubeApi kube;
  private final WebhookServer server;
  private final List<HasMetadata> chart;
  private final List<HasMetadata> installed = new ArrayList<>();
  private final List<KubernetesClient> clients = new ArrayList<>();

  private StampScene(KubeApi kube, WebhookServer server) {
    this.kube = kube;
    this.server = server;
    this.chart = Helm.objectsIn(kube.namespace());
  }

  /** A break-glass lasts an hour at most, and one without a review keeps the next from opening. */
  static StampScene start(KubeApi kube) throws IOException, GeneralSecurityException {
    var server = WebhookServer.start();
    var reviewer =
        StampReviewer.by(
            kube.client(), "hallpass-system", Duration.ofHours(1), 1, Clock.systemUTC());
    server.serve("/stamp", reviewer::review);
    server.serve("/break-glass", reviewer::review);
    var scene = new StampScene(kube, server);
    scene.letEverybodyDoEverything();
    return scene;
  }

  /** Installs the chart's admission policies of such names. The API server learns of them later. */
  void installRules(Predicate<String> names) {
    for (var object : chart) {
      switch (object) {
        case ValidatingAdmissionPolicy rule when names.test(name(rule)) -> add(here(rule));
        case ValidatingAdmissionPolicyBinding binding when names.test(name(binding)) ->
            add(here(binding));
        default -> {}
      }
    }
  }

  /** Installs one webhook of the chart; objects with the label {@code skip} pass it by. */
  void installWebhook(String name) {
    chart.stream()
        .filter(MutatingWebhookConfiguration.class::isInstance)
        .forEach(w -> add(here((MutatingWebhookConfiguration) w, name)));
  }

  /** All that the chart has about break-glasses: ada may open and review them, grace may review. */
  void installBreakGlass() {
    installWebhook("breakglasses.hallpass.dev");
    installRules("hallpass-break-glass"::equals);
    letInTheCluster("hallpass-may-break-glass", "ada");
    letInTheCluster("hallpass-may-review", "ada", "grace");
  }

  /** The request {@code orders-db}, with a credential {@code db}. */
  void request() {
    kube.client()
        .resource(
            Serialization.unmarshal(
                """
                metadata: {name: orders-db, namespace: %s}
                spec:
                  workload: {serviceAccountName: orders, selector: {matchLabels: {app: orders}}}
                  owner: team-orders
                  purpose: read orders
                  credentials:
                  - name: db
                    providerRef: {kind: CredentialProvider, name: pg}
                    access: reader
                    ttl: 15m
                    delivery: {mode: Sidecar, files: [{path: db.env, format: Env}]}
                """
                    .formatted(kube.namespace()),
                CredentialRequest.class))
        .create();
  }

  void removeWebhook() {
    kube.client()
        .admissionRegistration()
        .v1()
        .mutatingWebhookConfigurations()
        .withName(kube.namespace())
        .delete();
  }

  /** Gives these users a role in the whole cluster, under a name of this test. */
  void letInTheCluster(ClusterRole role, String... users) {
    var name = name(role) + "-" + kube.namespace();
    role.getMetadata().setName(name);
    add(role);
    var binding =
        new ClusterRoleBindingBuilder()
            .withNewMetadata()
            .withName(name)
            .endMetadata()
            .withNewRoleRef("rbac.authorization.k8s.io", "ClusterRole", name);
    for (var user : users) {
      binding.addNewSubject("rbac.authorization.k8s.io", "User", user, null);
    }
    add(binding.build());
  }

  /** The same with a role of the chart. */
  void letInTheCluster(String role, String... users) {
    chart.stream()
        .filter(o -> o instanceof ClusterRole && name(o).equals(role))
        .forEach(o -> letInTheCluster((ClusterRole) o, users));
  }

  /** This user, of these groups beside everybody's. */
  KubernetesClient as(String user, String... groups) {
    var config =
        new ConfigBuilder(kube.client().getConfiguration())
            .withImpersonateUsername(user)
            .withImpersonateGroups(
                Stream.concat(Stream.of(EVERYBODY), Arrays.stream(groups)).toArray(String[]::new))
            .withNamespace(kube.namespace())
            .build();
    var client = new KubernetesClientBuilder().withConfig(config).build();
    clients.add(client);
    return client;
  }

  @Override
  public void close() {
    installed.reversed().forEach(o -> kube.client().resource(o).delete());
    clients.forEach(KubernetesClient::close);
    server.close();
  }

  private void add(HasMetadata object) {
    installed.add(kube.client().resource(object).create());
  }

  private static String name(HasMetadata object) {
    return object.getMetadata().getName();
  }

  private MutatingWebhookConfiguration here(MutatingWebhookConfiguration webhooks, String name) {
    webhooks.getMetadata().setName(kube.namespace());
    webhooks.getWebhooks().removeIf(w -> !w.getName().equals(name));
    var webhook = webhooks.getWebhooks().getFirst();
    webhook.setNamespaceSelector(here());
    webhook.setObjectSelector(
        new LabelSelectorBuilder()
            .addNewMatchExpression()
            .withKey("skip")
            .withOperator("DoesNotExist")
            .endMatchExpression()
            .build());
    var client = webhook.getClientConfig();
    client.setUrl(server.url(client.getService().getPath()));
    client.setService(null);
    client.setCaBundle(
        Base64.getEncoder().encodeToString(server.trustBundle().getBytes(StandardCharsets.UTF_8)));
    return webhooks;
  }

  private ValidatingAdmissionPolicy here(ValidatingAdmissionPolicy rule) {
    rule.getMetadata().setName(name(rule) + "-" + kube.namespace());
    rule.getSpec().getMatchConstraints().setNamespaceSelector(here());
    return rule;
  }

  private ValidatingAdmissionPolicyBinding here(ValidatingAdmissionPolicyBinding binding) {
    binding.getMetadata().setName(name(binding) + "-" + kube.namespace());
    binding.getSpec().setPolicyName(name(binding));
    return binding;
  }

  private LabelSelector here() {
    return new LabelSelectorBuilder()
        .addToMatchLabels("kubernetes.io/metadata.name", kube.namespace())
        .build();
  }

  private void letEverybodyDoEverything() {
    add(
        new RoleBuilder()
            .withNewMetadata()
            .withName("everything")
            .withNamespace(kube.namespace())
            .endMetadata()
            .addNewRule()
            .withApiGroups("*")
            .withResources("*")
            .withVerbs("*")
            .endRule()
            .build());
    add(
        new RoleBindingBuilder()
            .withNewMetadata()
            .withName("everybody")
            .withNamespace(kube.namespace())
            .endMetadata()
            .withNewRoleRef("rbac.authorization.k8s.io", "Role", "everything")
            .addNewSubject("rbac.authorization.k8s.io", "Group", EVERYBODY, null)
            .build());
  }
}
