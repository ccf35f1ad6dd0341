package dev.hallpass.policy;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.hallpass.api.v1alpha1.CredentialPolicy;
import dev.hallpass.api.v1alpha1.HallpassApi;
import dev.hallpass.kube.KnownParams;
import dev.hallpass.kube.ParamObject;
import dev.hallpass.kube.ParamState;
import dev.hallpass.policy.IssueDecision.Allow;
import dev.hallpass.policy.PolicyDecider.Unmatched;
import dev.hallpass.wire.Reason;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PolicyDeciderTest {
  private static final Allow ALLOWED = PolicyScene.ALLOWED;

  private final PolicyFacts facts = PolicyScene.FACTS;

  private PolicyVerdict decide(Unmatched unmatched, CredentialPolicy... policies) {
    return new PolicyDecider(unmatched)
        .decide(Stream.of(policies).map(CompiledPolicy::of).toList(), facts, ALLOWED);
  }

  private static CredentialPolicy policy(String name, String spec) {
    var policy =
        Serialization.unmarshal(
            "metadata: {name: %1$s, uid: %1$s, generation: 3}\nspec:\n%2$s"
                .formatted(name, spec.indent(2)),
            CredentialPolicy.class);
    return policy;
  }

  private static CredentialPolicy denying(String name, String match) {
    return policy(
        name,
        "enforcement: Enforce\nmatch: %s\nvalidations: [{expression: 'false', message: no, reason: No}]"
            .formatted(match));
  }

  @Test
  void withoutAPolicyTheProvidersCapsHold() {
    var verdict = decide(Unmatched.Allow);

    assertThat(verdict.denials()).isEmpty();
    assertThat(verdict.allowed()).isEqualTo(ALLOWED);
  }

  @Test
  void withoutAPolicyNothingIsIssuedWhereTheInstallationSaysSo() {
    assertThat(decide(Unmatched.Deny, denying("other", "{access: [reader]}")).denials())
        .extracting(Denial::reason)
        .containsExactly("NoPolicy");
    assertThat(
            decide(
                    Unmatched.Deny,
                    policy(
                        "any",
                        "{enforcement: Enforce, validations: [{expression: 'true', reason: R}]}"))
                .denials())
        .isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {}                                                                                     | true
          {namespaceSelector: {matchLabels: {environment: production}}}                          | true
          {namespaceSelector: {matchLabels: {environment: test}}}                                | false
          {podSelector: {matchLabels: {app: orders}}}                                            | true
          {podSelector: {matchExpressions: [{key: app, operator: DoesNotExist}]}}                | false
          {providers: [{kind: ClusterCredentialProvider, name: pg}]}                             | true
          {providers: [{kind: CredentialProvider, name: pg}]}                                    | false
          {access: [reader, writer]}                                                             | true
          {access: [writer], namespaceSelector: {matchLabels: {environment: test}}}              | false
          """)
  void isAboutWhatItMatches(String match, boolean expected) {
    assertThat(decide(Unmatched.Allow, denying("p", match)).denials().isEmpty())
        .isEqualTo(!expected);
  }

  @Test
  void everyDenialIsCollected() {
    var verdict =
        decide(
            Unmatched.Allow,
            policy(
                "hours",
                """
                enforcement: Enforce
                validations:
                - {expression: "now.within('Sat-Sun 00:00-24:00', 'UTC')", reason: OutsideHours,
                   messageExpression: "'come back on Saturday, ' + request.spec.owner"}
                - {expression: "ttl <= duration('15m')", reason: TtlTooLong, message: ask for less}
                - {expression: "provider.labels['data'] == 'personal'", reason: NeverHere}
                """),
            denying("never", "{}"));

    assertThat(verdict.denials())
        .containsExactly(
            Denial.ruled("hours", 3, "OutsideHours", "come back on Saturday, team-orders"),
            Denial.ruled("hours", 3, "TtlTooLong", "ask for less"),
            Denial.ruled("never", 3, "No", "no"));
  }

  /** An attacker names an image of half a megabyte, and a policy quotes it. */
  @Test
  void whatAnExpressionSaysIsCut() {
    var quoting =
        policy(
            "quoting",
            """
            enforcement: Enforce
            validations:
            - {expression: 'false', reason: Quoted,
               messageExpression: "cel.bind(a, 'xxxxxxxxxxxxxxxx', cel.bind(b, a+a+a+a+a+a+a+a, cel.bind(c, b+b+b+b+b+b+b+b, c+c+c+c+c+c+c+c)))"}
            """);

    assertThat(decide(Unmatched.Allow, quoting).denials())
        .containsExactly(Denial.ruled("quoting", 3, "Quoted", "x".repeat(1023) + "…"));
  }

  @Test
  void eachPolicySeesTheParametersItNames() {
    var spec =
        """
        enforcement: Enforce
        params: {configMap: %s}
        validations: [{expression: "params.?frozen.orValue('') != 'yes'", reason: Frozen}]
        """;
    var policies =
        new PolicyBook()
            .of(
                List.of(
                    policy("frozen", spec.formatted("one")),
                    policy("free", spec.formatted("two")),
                    policy("lost", spec.formatted("three")),
                    policy("none", "validations: [{expression: 'params == {}', reason: R}]")),
                new KnownParams(
                    Map.of(
                        "one",
                        new ParamState.Found(Map.of("frozen", "yes")),
                        "two",
                        new ParamState.Found(Map.of("other", "yes"))),
                    Map.of()));

    assertThat(new PolicyDecider(Unmatched.Allow).decide(policies, facts, ALLOWED).denials())
        .extracting(Denial::policy, Denial::reason, Denial::ground)
        .containsExactly(
            tuple("frozen", "Frozen", Denial.Ground.Rule),
            tuple("lost", "ParamsNotFound", Denial.Ground.Failure));
  }

  private static CredentialPolicy ofAnObject(String name, String more, String expression) {
    return policy(
        name,
        """
        enforcement: Enforce
        params:
          paramKind: {apiVersion: change.example.com/v1, kind: Window}
          paramRef: {name: %s, namespace: shop%s}
        validations: [{expression: "%s", message: closed, reason: Closed}]
        requireApproval: {approvals: 1, timeout: 1h}
        limits: {maxTtl: 7m}
        """
            .formatted(name, more, expression));
  }

  private static PolicyVerdict decide(CredentialPolicy policy, Map<ParamObject, ParamState> known) {
    return new PolicyDecider(Unmatched.Allow)
        .decide(
            new PolicyBook().of(List.of(policy), new KnownParams(Map.of(), known)),
            PolicyScene.FACTS,
            ALLOWED);
  }

  private static ParamObject window(String name) {
    return new ParamObject("change.example.com/v1", "Window", "shop", name);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          params.spec.open == true                                  |
          params.spec.level > 4                                     | Closed
          params.metadata.name == 'a' && params.kind == 'Window'    |
          params.spec.hosts.all(h, h.startsWith('pg'))              |
          params.spec.none == 'x'                                   | ExpressionFailed
          params.spec.hosts == 3                                    | Closed
          params.spec.hosts.map(a, params.spec.hosts.map(b, params.spec.hosts.map(c, a + b + c))).size() == 0 | Closed
          params.spec.level.startsWith('x')                         | ExpressionFailed
          """)
  void anObjectIsReadWholeAndUntyped(String expression, String reason) {
    var value =
        Map.of(
            "kind", "Window",
            "metadata", Map.of("name", "a"),
            "spec", Map.of("open", true, "level", 3L, "hosts", List.of("pg-1", "pg-2")));

    var verdict =
        decide(ofAnObject("a", "", expression), Map.of(window("a"), new ParamState.Found(value)));

    assertThat(verdict.denials())
        .extracting(Denial::reason)
        .isEqualTo(reason == null ? List.of() : List.of(reason));
  }

  @Test
  void whatAnObjectHoldsIsBoundedLikeAllElse() {
    var many = LongStream.range(0, 200).boxed().toList();

    assertThat(
            decide(
                    ofAnObject(
                        "a",
                        "",
                        "params.spec.all(a, params.spec.all(b, params.spec.all(c, a + b + c >= 0)))"),
                    Map.of(window("a"), new ParamState.Found(Map.of("spec", many))))
                .denials())
        .extracting(Denial::reason)
        .containsExactly("ExpressionFailed");
  }

  @Test
  void anObjectThatIsNotThereDeniesUnlessThePolicySaysOtherwise() {
    var missing = Map.<ParamObject, ParamState>of(window("a"), window("a").missing());

    var denied = decide(ofAnObject("a", "", "true"), missing);
    assertThat(denied.denials())
        .containsExactly(
            Denial.failed(
                "a",
                3,
                "ParamsNotFound",
                "spec.params.paramRef: there is no Window a in namespace shop"));
    var allowed = decide(ofAnObject("a", ", parameterNotFoundAction: Allow", "false"), missing);
    assertThat(allowed.denials()).isEmpty();
    assertThat(allowed.demands()).isEmpty();
    assertThat(allowed.allowed().ttl()).isEqualTo(Duration.ofMinutes(7));
  }

  /** That nothing is known of an object is not to know that it is not there. */
  @ParameterizedTest
  @CsvSource({"ParamKindUnknown", "ParamsForbidden", "ParamsUnread"})
  void whatCannotBeReadDeniesWhateverThePolicySays(Reason reason) {
    var policy = ofAnObject("a", ", parameterNotFoundAction: Allow", "true");
    var unreadable = new ParamState.Unreadable(reason, "spec.params: it");

    assertThat(decide(policy, Map.of(window("a"), unreadable)).denials())
        .containsExactly(Denial.failed("a", 3, reason.name(), "spec.params: it"));
    assertThat(decide(policy, Map.of(window("b"), new ParamState.Found(Map.of()))).denials())
        .extracting(Denial::reason)
        .containsExactly("ParamsUnread");
  }

  /** As where the schema is that of another version. */
  @ParameterizedTest
  @CsvSource({"v1, Secret", "apps/v1, Deployment", "authentication.k8s.io/v1, TokenReview"})
  void aKindOfKubernetesItselfIsRefusedWhateverIsKnownOfIt(String apiVersion, String kind) {
    var policy =
        policy(
            "leak",
            """
            enforcement: Enforce
            params:
              paramKind: {apiVersion: %s, kind: %s}
              paramRef: {name: a, namespace: shop}
            validations: [{expression: "false", messageExpression: "string(params.data.password)", reason: Leak}]
            """
                .formatted(apiVersion, kind));
    var secret =
        Map.<ParamObject, ParamState>of(
            new ParamObject(apiVersion, kind, "shop", "a"),
            new ParamState.Found(Map.of("data", Map.of("password", "canary"))));

    assertThat(decide(policy, secret).denials())
        .extracting(Denial::reason, Denial::message)
        .containsExactly(tuple("PolicyInvalid", "spec.params." + HallpassApi.CUSTOM_KINDS));
  }

  @Test
  void auditOnlyReports() {
    var verdict =
        decide(
            Unmatched.Allow,
            policy(
                "later",
                """
                enforcement: Audit
                validations: [{expression: "false", reason: No, message: not any more}]
                limits: {maxTtl: 1m}
                """));

    assertThat(verdict.denials()).isEmpty();
    assertThat(verdict.reported()).containsExactly(Denial.ruled("later", 3, "No", "not any more"));
    assertThat(verdict.allowed()).isEqualTo(ALLOWED);
  }

  /** Each is a word that CEL leaves to us, and has the fields of the object it stands for. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "pod.metadata.namespace == 'shop'",
        "pod.metadata.labels['app'] == 'orders'",
        "namespaceObject.metadata.labels['environment'] == 'production'",
        "serviceAccount.namespace == 'shop' && serviceAccount.name != ''",
        "request.spec.owner == 'team-orders'",
        "credential.access == 'writer'",
        "provider.name == 'pg' && provider.kind == 'ClusterCredentialProvider'",
        "access.name == 'writer'",
        "ttl == duration('30m')",
        "now == timestamp('2026-03-02T10:30:00Z')",
        "lease == null",
        "owners.exists(o, o.kind == 'Deployment' && o.name == 'orders')",
        "leases.map(l, l.spec.pod.name) == ['orders-2']",
        "node.metadata.labels['topology.kubernetes.io/zone'] == 'eu-1'"
      })
  void everyVariableCanBeAsked(String expression) {
    assertThat(
            decide(
                    Unmatched.Allow,
                    policy(
                        "p",
                        "{enforcement: Enforce, validations: [{expression: \"%s\", reason: R}]}"
                            .formatted(expression)))
                .denials())
        .isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "pod.metadata.annotations['change'] == 'CHG1'",
        "lease.metadata.name == 'x'",
        "1 / 0 == 1"
      })
  void whatCannotBeEvaluatedDenies(String expression) {
    var verdict =
        decide(
            Unmatched.Allow,
            policy(
                "p",
                "{enforcement: Enforce, validations: [{expression: \"%s\", reason: R}]}"
                    .formatted(expression)));

    assertThat(verdict.denials())
        .singleElement()
        .satisfies(
            d -> {
              assertThat(d.reason()).isEqualTo("ExpressionFailed");
              assertThat(d.message()).startsWith(expression + " cannot be evaluated: ");
            });
  }

  /** A text that doubles twenty times, in an expression longer than what is told of a denial. */
  private static final String DOUBLED =
      IntStream.rangeClosed(1, 20)
              .mapToObj(i -> "cel.bind(x%d, x%d + x%d, ".formatted(i, i - 1, i - 1))
              .collect(joining("", "cel.bind(x0, '" + "x".repeat(600) + "', ", "x20"))
          + ")".repeat(21);

  private static final String OVERDRAWN =
      "it makes more than 1,000,000 characters, bytes and elements";

  @Test
  void whatTakesTooMuchMemoryDeniesAndSaysSo() {
    var verdict =
        decide(
            Unmatched.Allow,
            policy(
                "p",
                "{enforcement: Enforce, validations: [{expression: \"%s == ''\", reason: R}]}"
                    .formatted(DOUBLED)));

    assertThat(verdict.denials())
        .singleElement()
        .satisfies(
            d -> {
              assertThat(d.reason()).isEqualTo("ExpressionFailed");
              assertThat(d.message()).startsWith(DOUBLED.substring(0, 500)).endsWith(OVERDRAWN);
            });
  }

  @Test
  void aMessageThatTakesTooMuchMemoryIsTheAuthorsText() {
    var verdict =
        decide(
            Unmatched.Allow,
            policy(
                "p",
                """
                enforcement: Enforce
                validations: [{expression: 'false', message: no, messageExpression: "%s", reason: R}]
                """
                    .formatted(DOUBLED)));

    assertThat(verdict.denials())
        .singleElement()
        .satisfies(
            d -> {
              assertThat(d.reason()).isEqualTo("R");
              assertThat(d.message())
                  .startsWith("no (messageExpression: ")
                  .endsWith(OVERDRAWN + ")");
            });
  }

  @Test
  void aPolicyThatDoesNotCompileDeniesWhatItMatchesAndNothingElse() {
    var spec =
        "{enforcement: Enforce, match: {access: [%s]}, validations: [{expression: 'nobody', reason:"
            + " R}]}";

    assertThat(decide(Unmatched.Allow, policy("p", spec.formatted("reader"))).denials()).isEmpty();
    assertThat(decide(Unmatched.Allow, policy("p", spec.formatted("writer"))).denials())
        .extracting(Denial::toString)
        .singleElement()
        .asString()
        .startsWith(
            "CredentialPolicy p, PolicyInvalid: spec.validations[0].expression: line 1, column 1:"
                + " undeclared reference to 'nobody'");
  }

  @Test
  void aMessageThatCannotBeMadeHidesNoDenial() {
    var verdict =
        decide(
            Unmatched.Allow,
            policy(
                "p",
                "{enforcement: Enforce, validations: [{expression: 'false', reason: R,"
                    + " messageExpression: \"pod.metadata.labels['absent']\"}]}"));

    assertThat(verdict.denials().getFirst().message())
        .startsWith("not true: false (messageExpression: ");
  }

  @Test
  void theNarrowestLimitHolds() {
    var verdict =
        decide(
            Unmatched.Allow,
            policy("a", "{enforcement: Enforce, limits: {maxTtl: 20m, maxLifetime: 2h}}"),
            policy("b", "{enforcement: Enforce, limits: {maxTtl: 10m}}"),
            policy("c", "{enforcement: Enforce, limits: {maxTtl: 1h, maxLifetime: 9h}}"));

    assertThat(verdict.denials()).isEmpty();
    assertThat(verdict.allowed())
        .isEqualTo(new Allow(ALLOWED.level(), Duration.ofMinutes(10), Duration.ofHours(2)));
  }

  @Test
  void limitsOfNumberDenyOrAreToldOf() {
    var limits = "enforcement: %s\nlimits: {maxLeases: 1, rate: {count: 1, per: 10m}}\n";

    var enforced = decide(Unmatched.Allow, policy("few", limits.formatted("Enforce")));
    var audited = decide(Unmatched.Allow, policy("few", limits.formatted("Audit")));

    assertThat(enforced.denials())
        .containsExactly(
            Denial.ruled(
                "few",
                3,
                "LeaseLimit",
                "pods of CredentialRequest orders hold 1 of ClusterCredentialProvider/pg as"
                    + " \"writer\", and limits.maxLeases is 1"));
    assertThat(audited.denials()).isEmpty();
    assertThat(audited.reported()).isEqualTo(enforced.denials());
  }

  @Test
  void theTtlNeverOutlivesTheLifetime() {
    assertThat(
            decide(
                    Unmatched.Allow,
                    policy("a", "{enforcement: Enforce, limits: {maxLifetime: 5m}}"))
                .allowed()
                .ttl())
        .isEqualTo(Duration.ofMinutes(5));
  }

  @Test
  void aPolicyIsCompiledOnceForEachGeneration() {
    var book = new PolicyBook();
    var policy = denying("p", "{}");
    policy.getMetadata().setUid("u");

    var first = book.of(List.of(policy), KnownParams.NONE).getFirst();
    assertThat(book.of(List.of(policy), KnownParams.NONE).getFirst()).isSameAs(first);
    policy.getMetadata().setGeneration(4L);
    assertThat(book.of(List.of(policy), KnownParams.NONE).getFirst()).isNotSameAs(first);
  }

  private static CredentialPolicy asking(String name, String more) {
    return policy(
        name,
        "{enforcement: Enforce, requireApproval: {approvals: 2, timeout: 4h%s}}".formatted(more));
  }

  @Test
  void aPolicyAsksPeopleAndDeniesNothingItself() {
    var verdict =
        decide(
            Unmatched.Deny,
            asking("always", ""),
            asking("writers", ", when: \"credential.access == 'writer'\""),
            asking("readers", ", when: \"credential.access == 'reader'\""));

    assertThat(verdict.allows()).isTrue();
    assertThat(verdict.demands())
        .containsExactly(
            new ApprovalDemand("always", 3, Instant.MIN, 2, Duration.ofHours(4)),
            new ApprovalDemand("writers", 3, Instant.MIN, 2, Duration.ofHours(4)));
  }

  @Test
  void whatAsksWronglyDenies() {
    var verdict =
        decide(
            Unmatched.Allow,
            asking("fails", ", when: \"provider.labels['none'] == 'x'\""),
            asking("wrong", ", when: \"credential.nam == 'x'\""));

    assertThat(verdict.denials())
        .extracting(Denial::policy, Denial::reason, Denial::ground)
        .containsExactly(
            tuple("fails", "ExpressionFailed", Denial.Ground.Failure),
            tuple("wrong", "PolicyInvalid", Denial.Ground.Failure));
    assertThat(verdict.denials().getLast().message())
        .startsWith("spec.requireApproval.when: line 1, column");
    assertThat(verdict.demands()).isEmpty();
  }

  @Test
  void inAuditNobodyIsAsked() {
    var policy =
        policy("audit", "{enforcement: Audit, requireApproval: {approvals: 2, timeout: 4h}}");

    var verdict = decide(Unmatched.Allow, policy);

    assertThat(verdict.demands()).isEmpty();
    assertThat(verdict.reported())
        .containsExactly(Denial.ruled("audit", 3, "ApprovalRequired", "it would need 2 approvals"));
  }
}
