package dev.hallpass.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.MutatingWebhookConfiguration;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.Role;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the chart's values do, as the real Helm renders them, and what it says of wrong ones. */
class ChartValuesIT {
  private static final String DIGEST = "sha256:" + "0a".repeat(32);
  private static final List<String> PROCESSES = List.of("broker", "controller");

  @Test
  void fitsPodSecurityRestrictedByDefault() {
    var chart = Helm.objects();
    var pods =
        Stream.concat(
            PROCESSES.stream().map(p -> pod(chart, p)),
            Stream.of(check(chart).getSpec().getTemplate()));
    for (var pod : pods.map(PodTemplateSpec::getSpec).toList()) {
      assertThat(pod.getSecurityContext().getRunAsNonRoot()).isTrue();
      assertThat(pod.getSecurityContext().getSeccompProfile().getType())
          .isEqualTo("RuntimeDefault");
      assertThat(pod.getContainers())
          .hasSize(1)
          .allSatisfy(
              c -> {
                var context = c.getSecurityContext();
                assertThat(context.getAllowPrivilegeEscalation()).isFalse();
                assertThat(context.getReadOnlyRootFilesystem()).isTrue();
                assertThat(context.getCapabilities().getDrop()).containsExactly("ALL");
              });
    }
  }

  @Test
  void leavesTheUserToThePlatformWhereItIsNull() {
    var chart =
        Helm.objects(
            "--set=podSecurityContext.runAsUser=null,podSecurityContext.runAsGroup=null,"
                + "podSecurityContext.fsGroup=null");

    var context = pod(chart, "broker").getSpec().getSecurityContext();
    assertThat(context.getRunAsUser()).isNull();
    assertThat(context.getFsGroup()).isNull();
    assertThat(context.getRunAsNonRoot()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"Fail", "Ignore"})
  void refusesOrAdmitsPodsWhileNoBrokerAnswersAsTheValueSays(String policy) {
    var chart = Helm.objects("--set=webhook.failurePolicy=" + policy);

    var webhook = Helm.only(chart, MutatingWebhookConfiguration.class, "hallpass").getWebhooks();
    assertThat(webhook.getFirst().getFailurePolicy()).isEqualTo(policy);
  }

  @Test
  void addsConditionsOnNamespacesToItsOwn() {
    var chart =
        Helm.objects(
            "--set-json=webhook.namespaceSelector=[{\"key\":\"t\",\"operator\":\"Exists\"}]");

    var selector =
        Helm.only(chart, MutatingWebhookConfiguration.class, "hallpass")
            .getWebhooks()
            .getFirst()
            .getNamespaceSelector();
    assertThat(selector.getMatchLabels()).containsEntry("hallpass.dev/injection", "enabled");
    assertThat(selector.getMatchExpressions())
        .extracting(e -> e.getKey())
        .containsExactly("kubernetes.io/metadata.name", "t");
  }

  @Test
  void boundsDrainsByDefaultAndAsTheValuesSay() {
    var byDefault = Helm.objects();
    var changed =
        Helm.objects(
            "--set=broker.podDisruptionBudget.maxUnavailable=50%",
            "--set=controller.podDisruptionBudget.enabled=false");

    assertThat(byDefault)
        .filteredOn(PodDisruptionBudget.class::isInstance)
        .extracting(o -> ((PodDisruptionBudget) o).getSpec().getMaxUnavailable())
        .containsExactly(new IntOrString(1), new IntOrString(1));
    assertThat(changed)
        .filteredOn(PodDisruptionBudget.class::isInstance)
        .extracting(o -> ((PodDisruptionBudget) o).getSpec().getMaxUnavailable())
        .containsExactly(new IntOrString("50%"));
  }

  @Test
  void pinsImagesByDigest() {
    var chart = Helm.objects("--set=image.digest=" + DIGEST + ",agent.image.digest=" + DIGEST);

    assertThat(container(chart, "controller").getImage())
        .isEqualTo("docker.io/hallpass/hallpass@" + DIGEST);
    assertThat(environment(chart, "broker", "HALLPASS_AGENT_IMAGE"))
        .isEqualTo("docker.io/hallpass/agent@" + DIGEST);
  }

  @Test
  void asksCertManagerForTheCertificateAndGivesUpTheSecretsOfItsOwn() {
    var chart =
        Helm.objects(
            "--set=certificates.source=cert-manager,certificates.issuerRef.name=platform-ca,"
                + "certificates.issuerRef.kind=ClusterIssuer");

    var certificate = Helm.only(chart, GenericKubernetesResource.class, "hallpass-serving");
    assertThat(certificate.getKind()).isEqualTo("Certificate");
    assertThat(certificate.<Object>get("spec", "dnsNames"))
        .isEqualTo(List.of("hallpass-broker.hallpass-system.svc"));
    assertThat(certificate.<Object>get("spec", "issuerRef"))
        .isEqualTo(
            Map.of("name", "platform-ca", "kind", "ClusterIssuer", "group", "cert-manager.io"));
    for (var process : PROCESSES) {
      assertThat(environment(chart, process, "HALLPASS_CERTIFICATES_SOURCE"))
          .isEqualTo("cert-manager");
      var secret = certificate.<String>get("spec", "secretName");
      var rules = Helm.only(chart, Role.class, "hallpass-" + process).getRules();
      assertThat(rules)
          .flatExtracting(PolicyRule::getResourceNames)
          .doesNotContain("hallpass-ca", "hallpass-serving");
      assertThat(rules)
          .filteredOn(r -> r.getResourceNames().contains(secret))
          .hasSize(1)
          .allSatisfy(r -> assertThat(r.getVerbs()).isSubsetOf("get", "list", "watch"));
    }
    assertThat(Helm.objects())
        .extracting(HasMetadata::getKind)
        .isNotEmpty()
        .doesNotContain("Certificate");
  }

  @Test
  void logsAsAsked() {
    var byDefault = Helm.objects();
    var changed = Helm.objects("--set=log.format=text,log.level=DEBUG");

    for (var process : PROCESSES) {
      assertThat(environment(byDefault, process, "HALLPASS_LOG_JSON")).isEqualTo("true");
      assertThat(environment(byDefault, process, "HALLPASS_LOG_LEVEL")).isEqualTo("INFO");
      assertThat(environment(changed, process, "HALLPASS_LOG_JSON")).isEqualTo("false");
      assertThat(environment(changed, process, "HALLPASS_LOG_LEVEL")).isEqualTo("DEBUG");
    }
  }

  @Test
  void labelsAndAnnotatesEveryObject() {
    var chart =
        Helm.objects(
            "--set=commonLabels.team=platform,commonAnnotations.cost=shared",
            "--set=networkPolicy.enabled=true,serviceMonitor.enabled=true");

    assertThat(chart)
        .hasSizeGreaterThan(20)
        .extracting(HasMetadata::getMetadata)
        .allSatisfy(
            o -> {
              assertThat(o.getLabels()).containsEntry("team", "platform");
              assertThat(o.getAnnotations()).containsEntry("cost", "shared");
            });
  }

  @Test
  void labelsPodsFromTheCommonToTheParticular() {
    var chart =
        Helm.objects(
            "--set=commonLabels.team=a,podLabels.team=b,podLabels.tier=b,broker.podLabels.tier=c",
            "--set=podAnnotations.x=all,controller.podAnnotations.x=own");

    assertThat(pod(chart, "broker").getMetadata().getLabels())
        .containsEntry("team", "b")
        .containsEntry("tier", "c")
        .containsEntry("app.kubernetes.io/component", "broker");
    assertThat(pod(chart, "controller").getMetadata().getLabels()).containsEntry("tier", "b");
    assertThat(pod(chart, "broker").getMetadata().getAnnotations()).containsEntry("x", "all");
    assertThat(pod(chart, "controller").getMetadata().getAnnotations()).containsEntry("x", "own");
  }

  @Test
  void placesPodsAsAsked() {
    var chart =
        Helm.objects(
            "--set=priorityClassName=system-cluster-critical,imagePullSecrets={registry}",
            "--set=broker.nodeSelector.pool=system",
            "--set=broker.tolerations[0].key=system,broker.tolerations[0].operator=Exists",
            "--set-json=broker.affinity={\"podAntiAffinity\":{}}",
            "--set-json=broker.topologySpreadConstraints=[{\"maxSkew\":2,\"topologyKey\":\"zone\","
                + "\"whenUnsatisfiable\":\"DoNotSchedule\"}]",
            "--set-json=broker.env=[{\"name\":\"JAVA_TOOL_OPTIONS\",\"value\":\"-Xlog:gc\"}]",
            "--set-json=broker.serviceAccount.annotations={\"cloud/role\":\"r\"}");

    var pod = pod(chart, "broker").getSpec();
    assertThat(pod.getPriorityClassName()).isEqualTo("system-cluster-critical");
    assertThat(pod.getNodeSelector()).containsEntry("pool", "system");
    assertThat(pod.getTolerations()).extracting(t -> t.getKey()).containsExactly("system");
    assertThat(pod.getAffinity().getPodAntiAffinity()).isNotNull();
    assertThat(pod.getTopologySpreadConstraints())
        .extracting(t -> t.getTopologyKey())
        .containsExactly("zone");
    assertThat(environment(chart, "broker", "JAVA_TOOL_OPTIONS")).isEqualTo("-Xlog:gc");
    var account = Helm.only(chart, ServiceAccount.class, "hallpass-broker");
    assertThat(account.getMetadata().getAnnotations()).containsEntry("cloud/role", "r");
    assertThat(account.getImagePullSecrets())
        .extracting(s -> s.getName())
        .containsExactly("registry");
    assertThat(pod(chart, "controller").getSpec().getTopologySpreadConstraints())
        .extracting(t -> t.getWhenUnsatisfiable())
        .containsExactly("ScheduleAnyway");
  }

  @Test
  void keepsTheCrdsUnlessTold() {
    assertThat(crds(Helm.objects()))
        .hasSize(7)
        .allSatisfy(
            m -> assertThat(m.getAnnotations()).containsEntry("helm.sh/resource-policy", "keep"));
    assertThat(crds(Helm.objects("--set=crds.keep=false")))
        .hasSize(7)
        .allSatisfy(
            m -> assertThat(m.getAnnotations()).doesNotContainKey("helm.sh/resource-policy"));
    assertThat(crds(Helm.objects("--set=crds.install=false"))).isEmpty();
  }

  @Test
  void asksWhetherLeasesAreLiveBeforeItIsUninstalled() {
    var chart =
        Helm.objects(
            "--set=image.digest=" + DIGEST,
            "--set=imagePullSecrets={registry},controller.nodeSelector.pool=system",
            "--set=uninstall.resources.limits.memory=1Gi");

    var job = check(chart);
    var pod = job.getSpec().getTemplate().getSpec();
    assertThat(pod.getRestartPolicy()).isEqualTo("Never");
    assertThat(job.getSpec().getBackoffLimit()).isZero();
    assertThat(pod.getNodeSelector()).containsEntry("pool", "system");
    assertThat(pod.getContainers())
        .singleElement()
        .satisfies(
            c -> {
              assertThat(c.getImage()).isEqualTo(container(chart, "controller").getImage());
              assertThat(c.getArgs()).containsExactly("uninstall-check");
              assertThat(c.getResources().getLimits()).containsEntry("memory", new Quantity("1Gi"));
            });
    var account = Helm.only(chart, ServiceAccount.class, pod.getServiceAccountName());
    assertThat(account.getImagePullSecrets())
        .extracting(s -> s.getName())
        .containsExactly("registry");
    var hooks = hooks(chart);
    assertThat(hooks)
        .extracting(HasMetadata::getKind)
        .containsExactlyInAnyOrder(
            "ServiceAccount", "ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding", "Job");
    assertThat(hooks)
        .allSatisfy(
            o -> {
              var annotations = o.getMetadata().getAnnotations();
              assertThat(o.getMetadata().getName()).isEqualTo("hallpass-uninstall-check");
              assertThat(annotations)
                  .containsEntry("helm.sh/hook", "pre-delete")
                  .containsEntry(
                      "helm.sh/hook-delete-policy", "before-hook-creation,hook-succeeded")
                  // What the Job needs is there before it.
                  .containsEntry("helm.sh/hook-weight", o instanceof Job ? "1" : "0");
            });
  }

  @Test
  void asksNothingBeforeAnUninstallThatIsForced() {
    var chart = Helm.objects("--set=uninstall.force=true");

    assertThat(hooks(chart)).isEmpty();
    assertThat(chart)
        .extracting(o -> o.getMetadata().getName())
        .isNotEmpty()
        .doesNotContain("hallpass-uninstall-check");
  }

  @Test
  void servesBothAddressFamiliesWhereTheClusterHasThem() {
    assertThat(Helm.objects())
        .filteredOn(Service.class::isInstance)
        .hasSize(3)
        .extracting(o -> ((Service) o).getSpec().getIpFamilyPolicy())
        .containsOnly("PreferDualStack");
  }

  @Test
  void monitorsSelectTheMetricsServices() {
    var chart =
        Helm.objects("--set=serviceMonitor.enabled=true,serviceMonitor.labels.release=prometheus");

    for (var process : PROCESSES) {
      var monitor = Helm.only(chart, GenericKubernetesResource.class, "hallpass-" + process);
      var service = Helm.only(chart, Service.class, "hallpass-" + process + "-metrics");
      assertThat(monitor.getMetadata().getLabels()).containsEntry("release", "prometheus");
      assertThat(service.getMetadata().getLabels())
          .containsAllEntriesOf(monitor.get("spec", "selector", "matchLabels"));
      assertThat(service.getSpec().getPorts())
          .extracting(p -> p.getName())
          .contains(monitor.<String>get("spec", "endpoints", 0, "port"));
    }
    assertThat(Helm.objects()).noneMatch(o -> o.getKind().equals("ServiceMonitor"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          broker.replicas=0                             | at '/broker/replicas': minimum: got 0, want 1
          brokre.replicas=2                             | additional properties 'brokre' not allowed
          broker.replica=2                              | at '/broker': additional properties 'replica' not allowed
          broker.podDisruptionBudget.maxUnavailable=0   | at '/broker/podDisruptionBudget/maxUnavailable': minimum: got 0, want 1
          installation=x                                | at '/installation': 'x' does not match pattern
          image.digest=latest                           | at '/image/digest': 'latest' does not match pattern
          image.repository=hallpass/hallpass:1          | image.repository: give the tag in image.tag
          image.repository=hallpass/hallpass@sha256     | image.repository: give the digest in image.digest
          agent.image.repository=hallpass/agent:1       | agent.image.repository: give the tag in agent.image.tag
          agent.image.pullPolicy=Sometimes              | at '/agent/image/pullPolicy': value must be one of 'Always', 'IfNotPresent', 'Never'
          agent.port=80                                 | at '/agent/port': minimum: got 80, want 1,024
          webhook.timeoutSeconds=31                     | at '/webhook/timeoutSeconds': maximum: got 31, want 30
          webhook.failurePolicy=ignore                  | at '/webhook/failurePolicy': value must be one of 'Fail', 'Ignore'
          log.level=TRACE                               | at '/log/level': value must be one of 'DEBUG', 'INFO', 'WARN', 'ERROR'
          log.format=xml                                | at '/log/format': value must be one of 'json', 'text'
          controller.sweepInterval=soon                 | at '/controller/sweepInterval': 'soon' does not match pattern
          crds.keep=maybe                               | at '/crds/keep': got string, want boolean
          podLabels.app\\.kubernetes\\.io/name=x          | podLabels: the label app.kubernetes.io/name is the chart's own
          commonLabels.helm\\.sh/chart=x                 | commonLabels: the label helm.sh/chart is the chart's own
          broker.env[0].name=HALLPASS_PORT              | broker.env: HALLPASS_PORT is the chart's to set
          certificates.source=cert-manager              | certificates.issuerRef.name: name the cert-manager issuer
          certificates.source=vault                     | at '/certificates/source': value must be one of 'hallpass', 'cert-manager'
          certificates.additionalTrust=ca.pem           | at '/certificates/additionalTrust': 'ca.pem' does not match pattern
          uninstall.force=perhaps                       | at '/uninstall/force': got string, want boolean
          uninstall.forced=true                         | at '/uninstall': additional properties 'forced' not allowed
          serviceMonitor.interval=30                    | at '/serviceMonitor/interval': got number, want string
          """)
  void saysWhichValueIsWrongAndWhatIsWanted(String value, String message) {
    assertThatThrownBy(() -> Helm.template("--set=" + value)).hasMessageContaining(message);
  }

  private static Job check(List<HasMetadata> chart) {
    return Helm.only(chart, Job.class, "hallpass-uninstall-check");
  }

  private static List<HasMetadata> hooks(List<HasMetadata> chart) {
    return chart.stream()
        .filter(o -> o.getMetadata().getAnnotations() != null)
        .filter(o -> o.getMetadata().getAnnotations().containsKey("helm.sh/hook"))
        .toList();
  }

  private static List<ObjectMeta> crds(List<HasMetadata> chart) {
    return chart.stream()
        .filter(CustomResourceDefinition.class::isInstance)
        .map(HasMetadata::getMetadata)
        .toList();
  }

  private static PodTemplateSpec pod(List<HasMetadata> chart, String process) {
    return Helm.only(chart, Deployment.class, "hallpass-" + process).getSpec().getTemplate();
  }

  private static Container container(List<HasMetadata> chart, String process) {
    return pod(chart, process).getSpec().getContainers().getFirst();
  }

  private static String environment(List<HasMetadata> chart, String process, String name) {
    return container(chart, process).getEnv().stream()
        .filter(e -> e.getName().equals(name))
        .map(EnvVar::getValue)
        .findFirst()
        .orElseThrow();
  }
}
