package dev.hallpass.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import dev.hallpass.api.v1alpha1.HallpassApi;
import dev.hallpass.app.Settings;
import dev.hallpass.reconcile.certificates.CertificateNames;
import dev.hallpass.testing.KubeApi;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.MutatingWebhookConfiguration;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReviewBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBinding;
import io.fabric8.kubernetes.api.model.rbac.Subject;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.FieldValidateable;
import java.io.IOException;
import java.lang.reflect.Method;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The chart as Helm renders it: its RBAC asked of a real API server, its names compared. */
@ExtendWith(KubeApi.class)
class ChartIT {
  private static final String SYSTEM = Helm.NAMESPACE;
  private static final CertificateNames CERTIFICATES = CertificateNames.in(SYSTEM);

  private static KubernetesClient client;
  private static List<HasMetadata> chart;

  @BeforeAll
  static void applyRoles(KubeApi api) {
    client = api.client();
    chart = Helm.objects("--set=adminSecrets={warehouse-admin}");
    client
        .resource(new NamespaceBuilder().withNewMetadata().withName(SYSTEM).endMetadata().build())
        .serverSideApply();
    chart.stream()
        .filter(o -> o.getKind().contains("Role") || o.getKind().equals("ServiceAccount"))
        .forEach(o -> client.resource(o).serverSideApply());
  }

  @ParameterizedTest
  @CsvSource(
      useHeadersInDisplayName = true,
      textBlock =
          """
          WHO,        VERB,   GROUP,                        RESOURCE,                      NAMESPACE,       NAME,                MAY
          broker,     get,    '',                           secrets,                       shop,            orders-admin,        false
          broker,     list,   '',                           secrets,                       hallpass-system, ,                    false
          broker,     get,    '',                           secrets,                       hallpass-system, hallpass-ca,         false
          broker,     watch,  '',                           secrets,                       hallpass-system, hallpass-serving,    true
          broker,     update, '',                           secrets,                       hallpass-system, hallpass-serving,    false
          broker,     get,    '',                           secrets,                       hallpass-system, hallpass-audit,      true
          broker,     update, '',                           secrets,                       hallpass-system, hallpass-audit,      false
          broker,     patch,  '',                           configmaps,                    hallpass-system, hallpass-audit-heads, true
          broker,     patch,  '',                           configmaps,                    hallpass-system, hallpass-audit-keys, false
          controller, get,    '',                           secrets,                       hallpass-system, hallpass-audit,      true
          controller, update, '',                           secrets,                       hallpass-system, hallpass-audit,      false
          broker,     get,    '',                           secrets,                       hallpass-system, warehouse-admin,     true
          broker,     create, hallpass.dev,                 credentialleases,              shop,            ,                    true
          broker,     update, hallpass.dev,                 credentialleases/status,       shop,            a,                   true
          broker,     update, hallpass.dev,                 credentialleases,              shop,            a,                   false
          broker,     delete, hallpass.dev,                 credentialleases,              shop,            a,                   false
          broker,     update, hallpass.dev,                 credentialrequests,            shop,            a,                   false
          broker,     create, authentication.k8s.io,        tokenreviews,                  ,                ,                    true
          broker,     create, '',                           serviceaccounts/token,         shop,            orders,              false
          broker,     create, authorization.k8s.io,         subjectaccessreviews,          ,                ,                    true
          broker,     watch,  hallpass.dev,                 credentialapprovals,           ,                ,                    true
          broker,     create, hallpass.dev,                 credentialapprovals,           shop,            ,                    false
          controller, create, hallpass.dev,                 credentialapprovals,           shop,            ,                    false
          broker,     list,   '',                           pods,                          shop,            ,                    false
          broker,     list,   hallpass.dev,                 breakglasses,                  shop,            ,                    true
          broker,     create, hallpass.dev,                 breakglasses,                  shop,            ,                    false
          broker,     patch,  hallpass.dev,                 breakglasses,                  shop,            a,                   false
          controller, create, hallpass.dev,                 breakglasses,                  shop,            ,                    false
          controller, delete, hallpass.dev,                 breakglasses,                  shop,            a,                   false
          uninstall-check, list,   hallpass.dev,             credentialleases,              shop,            ,                    true
          uninstall-check, delete, hallpass.dev,             credentialleases,              shop,            a,                   false
          uninstall-check, list,   hallpass.dev,             credentialrequests,            shop,            ,                    false
          uninstall-check, get,    '',                       secrets,                       hallpass-system, hallpass-ca,         false
          uninstall-check, create, '',                       events,                        hallpass-system, ,                    true
          uninstall-check, create, '',                       events,                        shop,            ,                    false
          controller, get,    '',                           secrets,                       shop,            orders-admin,        false
          controller, list,   '',                           secrets,                       hallpass-system, ,                    false
          controller, update, '',                           secrets,                       hallpass-system, hallpass-ca,         true
          controller, update, '',                           secrets,                       hallpass-system, warehouse-admin,     false
          controller, delete, '',                           secrets,                       hallpass-system, hallpass-ca,         false
          controller, create, hallpass.dev,                 credentialleases,              shop,            ,                    false
          controller, delete, hallpass.dev,                 credentialleases,              shop,            a,                   true
          controller, patch,  admissionregistration.k8s.io, mutatingwebhookconfigurations, ,                hallpass,            true
          controller, patch,  admissionregistration.k8s.io, mutatingwebhookconfigurations, ,                other,               false
          controller, delete, '',                           pods,                          shop,            a,                   false
          controller, patch,  coordination.k8s.io,          leases,                        hallpass-system, hallpass-controller, true
          controller, patch,  coordination.k8s.io,          leases,                        kube-system,     hallpass-controller, false
          """)
  void mayDoWhatItMustAndNoMore(
      String who,
      String verb,
      String group,
      String resource,
      String namespace,
      String name,
      boolean may) {
    // The authorizer learns of new roles by a watch.
    await()
        .untilAsserted(
            () -> assertThat(allowed(who, verb, group, resource, namespace, name)).isEqualTo(may));
  }

  /**
   * What is granted beside the chart is for both processes, by that label alone, and nothing else.
   */
  @Test
  void whoHasAKindOfParametersLetsBothProcessesReadIt() {
    var role = Helm.only(chart, ClusterRole.class, "hallpass-params");
    var binding = Helm.only(chart, ClusterRoleBinding.class, "hallpass-params");

    assertThat(role.getRules()).isNullOrEmpty();
    assertThat(role.getAggregationRule().getClusterRoleSelectors())
        .extracting(LabelSelector::getMatchLabels)
        .containsExactly(Map.of(HallpassApi.PARAMS_ROLE_LABEL, "true"));
    assertThat(binding.getRoleRef().getName()).isEqualTo("hallpass-params");
    assertThat(binding.getSubjects())
        .extracting(Subject::getKind, Subject::getName, Subject::getNamespace)
        .containsExactly(
            tuple("ServiceAccount", "hallpass-broker", SYSTEM),
            tuple("ServiceAccount", "hallpass-controller", SYSTEM));
  }

  @Test
  void readsAndWritesTheSecretsThatTheCodeNames() {
    await()
        .untilAsserted(
            () -> {
              for (var secret :
                  List.of(CERTIFICATES.authoritySecret(), CERTIFICATES.servingSecret())) {
                assertThat(allowed("controller", "update", "", "secrets", SYSTEM, secret)).isTrue();
              }
              assertThat(
                      allowed("broker", "get", "", "secrets", SYSTEM, CERTIFICATES.servingSecret()))
                  .isTrue();
            });
  }

  /** Stricter than a schema of the kinds: unknown fields and what the server's own rules refuse. */
  @Test
  void theApiServerTakesEveryObjectToTheLetter() {
    var everything =
        Helm.objects(
            "--set=networkPolicy.enabled=true,adminSecrets={one},imagePullSecrets={two}",
            "--set=priorityClassName=system-cluster-critical,commonLabels.a=b,commonAnnotations.c=d",
            "--set=broker.podDisruptionBudget.maxUnavailable=50%",
            "--set=webhook.failurePolicy=Ignore",
            "--set=audit.file.enabled=true,audit.http.url=https://a,audit.http.tokenSecret=t",
            "--set=audit.otlp.url=https://b,audit.caBundle=pem");
    assertThat(everything)
        .hasSizeGreaterThan(20)
        .allSatisfy(
            o ->
                assertThatCode(
                        () ->
                            client
                                .resource(o)
                                .dryRun()
                                .fieldValidation(FieldValidateable.Validation.STRICT)
                                .forceConflicts()
                                .serverSideApply())
                    .as("%s %s", o.getKind(), o.getMetadata().getName())
                    .doesNotThrowAnyException());
  }

  @Test
  void setsWhatTheSettingsRead() {
    var check = Helm.only(chart, Job.class, "hallpass-uninstall-check").getSpec().getTemplate();
    assertThat(
            Stream.concat(
                    Stream.of("broker", "controller").map(ChartIT::container),
                    check.getSpec().getContainers().stream())
                .flatMap(c -> c.getEnv().stream())
                .map(EnvVar::getName)
                .filter(name -> name.startsWith("HALLPASS_")))
        .contains("HALLPASS_UNINSTALL_CHECK_JOB_UID")
        .isSubsetOf(variables("HALLPASS", Settings.class).toList());
  }

  @Test
  void theWebhookHasAPortOfItsOwnAtTheServiceThatAgentsCall() {
    var webhook =
        Helm.only(chart, MutatingWebhookConfiguration.class, CERTIFICATES.webhook()).getWebhooks();
    var service = webhook.getFirst().getClientConfig().getService();
    var agents =
        URI.create(
            container("broker").getEnv().stream()
                .filter(e -> e.getName().equals("HALLPASS_BROKER_URL"))
                .findFirst()
                .orElseThrow()
                .getValue());

    assertThat(webhook)
        .hasSize(3)
        .allSatisfy(
            w -> {
              assertThat(w.getFailurePolicy()).isEqualTo("Fail");
              assertThat(w.getClientConfig().getCaBundle()).isNull();
              assertThat(w.getClientConfig().getService().getPort()).isEqualTo(service.getPort());
            });
    assertThat(webhook.getFirst().getNamespaceSelector().getMatchLabels())
        .containsEntry(HallpassApi.INJECTION_LABEL, "enabled");
    assertThat(agents.getHost())
        .isEqualTo(service.getName() + "." + service.getNamespace() + ".svc");
    assertThat(agents.getPort()).isNotEqualTo(service.getPort());
    assertThat(Helm.only(chart, Service.class, service.getName()).getSpec().getPorts())
        .extracting(p -> p.getPort())
        .containsExactlyInAnyOrder(agents.getPort(), service.getPort());
  }

  @Test
  void probesAskThePortThatQuarkusServes() throws IOException {
    var properties = new Properties();
    try (var in = Files.newInputStream(Path.of("src/main/resources/application.properties"))) {
      properties.load(in);
    }
    for (var process : List.of("broker", "controller")) {
      assertThat(container(process).getPorts())
          .filteredOn(p -> p.getName().equals("management"))
          .extracting(ContainerPort::getContainerPort)
          .containsExactly(Integer.valueOf(properties.getProperty("quarkus.http.port")));
    }
  }

  private static boolean allowed(
      String who, String verb, String group, String resource, String namespace, String name) {
    var parts = resource.split("/", 2);
    return client
        .authorization()
        .v1()
        .subjectAccessReview()
        .create(
            new SubjectAccessReviewBuilder()
                .withNewSpec()
                .withUser("system:serviceaccount:%s:hallpass-%s".formatted(SYSTEM, who))
                .withNewResourceAttributes()
                .withVerb(verb)
                .withGroup(group)
                .withResource(parts[0])
                .withSubresource(parts.length == 2 ? parts[1] : null)
                .withNamespace(namespace)
                .withName(name)
                .endResourceAttributes()
                .endSpec()
                .build())
        .getStatus()
        .getAllowed();
  }

  private static Container container(String process) {
    return Helm.only(chart, Deployment.class, "hallpass-" + process)
        .getSpec()
        .getTemplate()
        .getSpec()
        .getContainers()
        .getFirst();
  }

  /** The environment variables that a configuration interface is read from. */
  private static Stream<String> variables(String prefix, Class<?> type) {
    return Arrays.stream(type.getDeclaredMethods())
        .filter(m -> !m.isSynthetic())
        .flatMap(
            m ->
                m.getReturnType().isInterface() && m.getReturnType().getEnclosingClass() == type
                    ? variables(prefix + "_" + variable(m), m.getReturnType())
                    : Stream.of(prefix + "_" + variable(m)));
  }

  private static String variable(Method property) {
    return property.getName().replaceAll("([A-Z])", "_$1").toUpperCase(java.util.Locale.ROOT);
  }
}
