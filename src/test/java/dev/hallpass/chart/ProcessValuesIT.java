package dev.hallpass.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyIngressRule;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPort;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the chart's values make of broker and controller: how many, how large, told what. */
class ProcessValuesIT {
  private static List<HasMetadata> changed;

  @BeforeAll
  static void render() {
    changed =
        Helm.objects(
            "--set=broker.replicas=5,controller.replicas=1",
            "--set=broker.resources.limits.memory=1Gi,controller.resources.requests.cpu=2",
            "--set=controller.nodeLostGrace=7s,controller.pendingTimeout=90s",
            "--set=controller.retention=3h,controller.sweepInterval=99s",
            "--set=policies.unmatched=Deny,installation=0a1b2c3d",
            "--set=breakGlass.maxDuration=30m,breakGlass.blockWhenUnreviewed=3",
            "--set=notifications.url=https://told.example,notifications.secretRef.name=told",
            "--set=agent.port=7999,agent.image.pullPolicy=Always,agent.image.repository=r.example/a",
            "--set=agent.image.tag=v9,agent.resources.requests.cpu=9m",
            "--set=agent.resources.requests.memory=41Mi,agent.resources.limits.memory=97Mi",
            "--set=audit.file.enabled=true,audit.file.required=false,audit.file.maxSize=5",
            "--set=audit.http.url=https://a.example,audit.http.required=true",
            "--set=audit.otlp.url=https://b.example,audit.stdout.required=false");
  }

  @ParameterizedTest
  @CsvSource({
    "broker,     5, requests, cpu,    100m",
    "broker,     5, limits,   memory, 1Gi",
    "controller, 1, requests, cpu,    2",
    "controller, 1, limits,   memory, 384Mi",
  })
  void thereAreAsManyAndAsLargeAsAsked(
      String process, int replicas, String bound, String resource, String amount) {
    var spec = Helm.only(changed, Deployment.class, "hallpass-" + process).getSpec();

    assertThat(spec.getReplicas()).isEqualTo(replicas);
    var resources = spec.getTemplate().getSpec().getContainers().getFirst().getResources();
    assertThat(bound.equals("limits") ? resources.getLimits() : resources.getRequests())
        .containsEntry(resource, new Quantity(amount));
  }

  @ParameterizedTest
  @CsvSource({
    "controller, CONTROLLER_NODE_LOST_GRACE,        7s",
    "controller, CONTROLLER_PENDING_TIMEOUT,        90s",
    "controller, CONTROLLER_RETENTION,              3h",
    "controller, CONTROLLER_SWEEP_INTERVAL,         99s",
    "controller, NOTIFICATIONS_URL,                 https://told.example",
    "controller, NOTIFICATIONS_SECRET,              told",
    "controller, POLICIES_UNMATCHED,                Deny",
    "broker,     POLICIES_UNMATCHED,                Deny",
    "controller, BREAK_GLASS_MAX_DURATION,          30m",
    "broker,     BREAK_GLASS_MAX_DURATION,          30m",
    "broker,     BREAK_GLASS_BLOCK_WHEN_UNREVIEWED, 3",
    "controller, INSTALLATION,                      0a1b2c3d",
    "broker,     INSTALLATION,                      0a1b2c3d",
    "broker,     AGENT_IMAGE,                       r.example/a:v9",
    "broker,     AGENT_PULL_POLICY,                 Always",
    "broker,     AGENT_PORT,                        7999",
    "broker,     AGENT_CPU_REQUEST,                 9m",
    "broker,     AGENT_MEMORY_REQUEST,              41Mi",
    "broker,     AGENT_MEMORY_LIMIT,                97Mi",
    "broker,     AUDIT_STDOUT_REQUIRED,             false",
    "controller, AUDIT_FILE_FOLDER,                 /var/log/hallpass",
    "controller, AUDIT_FILE_MAX_SIZE,               5",
    "broker,     AUDIT_FILE_REQUIRED,               false",
    "broker,     AUDIT_HTTP_URL,                    https://a.example",
    "controller, AUDIT_HTTP_REQUIRED,               true",
    "controller, AUDIT_OTLP_URL,                    https://b.example",
    "broker,     AUDIT_OTLP_REQUIRED,               false",
  })
  void eachIsToldWhatTheValuesSay(String process, String variable, String value) {
    assertThat(
            Helm.only(changed, Deployment.class, "hallpass-" + process)
                .getSpec()
                .getTemplate()
                .getSpec()
                .getContainers()
                .getFirst()
                .getEnv())
        .filteredOn(e -> e.getName().equals("HALLPASS_" + variable))
        .singleElement()
        .satisfies(e -> assertThat(e.getValue()).isEqualTo(value));
  }

  @Test
  void servedPortsAloneCanBeReachedWhereAsked() {
    var chart = Helm.objects("--set=networkPolicy.enabled=true");

    assertThat(Helm.objects()).noneMatch(NetworkPolicy.class::isInstance);
    assertThat(ingress(chart, "broker"))
        .extracting(rule -> ports(rule), rule -> rule.getFrom().size())
        .containsExactly(tuple(List.of("https", "management"), 0), tuple(List.of("webhook"), 0));
    assertThat(ingress(chart, "controller"))
        .extracting(rule -> ports(rule), rule -> rule.getFrom().size())
        .containsExactly(tuple(List.of("management"), 0));
  }

  @Test
  void theWebhookIsForTheApiServersThatAreNamed() {
    var chart =
        Helm.objects(
            "--set=networkPolicy.enabled=true",
            "--set-json=networkPolicy.webhookFrom=[{\"ipBlock\":{\"cidr\":\"10.0.0.1/32\"}}]");

    var rules = ingress(chart, "broker");
    assertThat(rules.getFirst().getFrom()).isEmpty();
    assertThat(ports(rules.getLast())).containsExactly("webhook");
    assertThat(rules.getLast().getFrom())
        .extracting(peer -> peer.getIpBlock().getCidr())
        .containsExactly("10.0.0.1/32");
  }

  /** The rules of the policy that selects the pods of a process, and limits nothing else. */
  private static List<NetworkPolicyIngressRule> ingress(List<HasMetadata> chart, String process) {
    var policy = Helm.only(chart, NetworkPolicy.class, "hallpass-" + process).getSpec();
    var pod = Helm.only(chart, Deployment.class, "hallpass-" + process).getSpec().getTemplate();
    assertThat(policy.getPolicyTypes()).containsExactly("Ingress");
    assertThat(policy.getPodSelector().getMatchLabels())
        .isNotEmpty()
        .satisfies(
            labels -> assertThat(pod.getMetadata().getLabels()).containsAllEntriesOf(labels));
    assertThat(pod.getSpec().getContainers().getFirst().getPorts())
        .extracting(p -> p.getName())
        .containsAll(policy.getIngress().stream().flatMap(r -> ports(r).stream()).toList());
    return policy.getIngress();
  }

  private static List<String> ports(NetworkPolicyIngressRule rule) {
    return rule.getPorts().stream()
        .map(NetworkPolicyPort::getPort)
        .map(IntOrString::getStrVal)
        .toList();
  }
}
