package dev.hallpass.policy.cases;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PolicyCasesTest {
  private static final String POLICY =
      """
      apiVersion: hallpass.dev/v1alpha1
      kind: CredentialPolicy
      metadata: {name: short}
      spec:
        validations:
        - {expression: "ttl <= duration('15m')", message: ask for less, reason: TtlTooLong}
        - {expression: "credential.access == 'reader'"}
        limits: {maxTtl: 10m}
      ---
      """;

  private static PolicyCases cases(String yaml) {
    return PolicyCases.of(Map.of("cases.yaml", yaml));
  }

  private static List<String> differences(String given, String expect) {
    return cases(POLICY + "- {name: a, given: %s, expect: %s}".formatted(given, expect))
        .run()
        .getFirst()
        .differences();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {}                                          | {decision: Allow, ttl: 10m, maxLifetime: 24h}
          {ttl: 5m}                                   | {decision: Allow, ttl: 5m}
          {ttl: 30m}                                  | {decision: Deny, reasons: [TtlTooLong], message: ask for less}
          {credential: {access: writer, ttl: 30m}}    | {decision: Deny, reasons: [Denied, TtlTooLong]}
          """)
  void passesWhereAllIsAsExpected(String given, String expect) {
    assertThat(differences(given, expect)).isEmpty();
  }

  @Test
  void aDenialByAFailedExpressionIsNotTakenForThePolicys() {
    var slip =
        """
        kind: CredentialPolicy
        metadata: {name: slip}
        spec: {validations: [{expression: "pod.metadata.labels.tier == 'gold'"}]}
        ---
        - {name: a, expect: %s}
        """;

    assertThat(cases(slip.formatted("{decision: Deny}")).run().getFirst().differences())
        .singleElement()
        .asString()
        .startsWith("reasons: no policy denies it, an expression failed (told: ")
        .endsWith("expect reasons: [ExpressionFailed]");
    assertThat(
            cases(slip.formatted("{decision: Deny, reasons: [ExpressionFailed]}"))
                .run()
                .getFirst()
                .passed())
        .isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          - {name: a, expect: {}}                       | cases.yaml: cases[0] (a): expect compares nothing; give decision, reasons, reported, ttl, maxLifetime or message
          - {name: a, expect: {decision: Denied}}       | cases.yaml: cases[0].expect.decision: must be one of Allow, Ask, Deny, not Denied
          - {name: a, expect: {reasons: Denied}}        | cases.yaml: cases[0].expect.reasons: must be a list
          - {name: a, expect: {ttl: {a: b}}}            | cases.yaml: cases[0].expect.ttl: must be text
          - {name: [a], expect: {decision: Deny}}       | cases.yaml: cases[0].name: must be text
          - {name: a, expect: Deny}                     | cases.yaml: cases[0].expect: must be an object
          {kind: CredentialPolicy, metadata: {name: p}, spec: {enforcement: Warn}} | cases.yaml: CredentialPolicy p.spec.enforcement: must be one of Enforce, Audit, not Warn
          """)
  void whatIsOfAWrongTypeIsNamedAsItsAuthorWroteIt(String document, String message) {
    assertThatThrownBy(() -> cases(document))
        .isInstanceOf(MalformedCasesException.class)
        .hasMessage(message);
  }

  @Test
  void saysWhatDiffers() {
    assertThat(
            differences(
                "{ttl: 30m}",
                "{decision: Allow, reasons: [Other], reported: [R], ttl: 15m, maxLifetime: 1h,"
                    + " message: m}"))
        .containsExactly(
            "decision: expected Allow, got Deny (told: CredentialPolicy short, TtlTooLong: ask for"
                + " less)",
            "reasons: expected [Other], got [TtlTooLong]",
            "reported: expected [R], got []",
            "ttl: expected 15m, got 10m",
            "maxLifetime: expected 1h, got 24h",
            "message: expected m, got CredentialPolicy short, TtlTooLong: ask for less");
    assertThat(differences("{}", "{decision: Deny}"))
        .containsExactly("decision: expected Deny, got Allow (told: nothing)");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          pod.metadata.namespace == 'billing' && request.metadata.namespace == 'billing' | {namespace: {metadata: {name: billing}}}
          serviceAccount.name == 'default'                 | {pod: {spec: {serviceAccountName: default}}}
          provider.kind == 'ClusterCredentialProvider' && credential.providerRef.name == 'pg' && provider.labels.tier == 'gold' | {provider: {kind: ClusterCredentialProvider, name: pg, labels: {tier: gold}}}
          request.spec.credentials[0].access == 'writer' && access.name == 'writer' | {credential: {access: writer}}
          access.maxTtl == '1h'                            | {access: {maxTtl: 1h}}
          lease == null && leases.size() == 0              | {}
          lease.metadata.name == 'orders-1-db-1' && leases.size() == 3 | {lease: {}, leases: [{}, {}, {status: {phase: Revoked}}]}
          node == null                                     | {node: null}
          node.metadata.labels.zone == 'eu-1'              | {node: {metadata: {labels: {zone: eu-1}}}}
          owners[0].kind == 'Job'                          | {owners: [{apiVersion: batch/v1, kind: Job, name: a}]}
          now == timestamp('2026-03-02T10:00:00Z')         | {now: '2026-03-02T10:00:00Z'}
          params == {'freeze': 'yes'}                      | {params: {changes: {freeze: 'yes'}}}
          params == {'freeze': 'no'}                       | {}
          """)
  void everyVariableCanBeGiven(String expression, String given) {
    var outcomes =
        cases(
                """
                kind: ConfigMap
                metadata: {name: changes}
                data: {freeze: 'no'}
                ---
                kind: CredentialPolicy
                metadata: {name: p}
                spec:
                  params: {configMap: changes}
                  validations: [{expression: "%s"}]
                ---
                - {name: it, given: %s, expect: {decision: Allow}}
                """
                    .formatted(expression, given))
            .run();

    assertThat(outcomes).containsExactly(new Outcome("it", List.of()));
  }

  private static final String WINDOWS =
      """
      apiVersion: apiextensions.k8s.io/v1
      kind: CustomResourceDefinition
      metadata: {name: windows.change.example.com}
      ---
      apiVersion: change.example.com/v1
      kind: Window
      metadata: {name: a, namespace: shop}
      spec: {level: 3, open: true}
      ---
      kind: CredentialPolicy
      metadata: {name: p}
      spec:
        params:
          paramKind: {apiVersion: change.example.com/v1, kind: Window}
          paramRef: {name: %s, namespace: shop%s}
        validations: [{expression: "%s"}]
      ---
      - {name: it, given: %s, expect: %s}
      """;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          a |                                  | params.spec.level == 3 && params.spec.open == true                        | {} | {decision: Allow}
          a |                                  | params.metadata.name == 'a' && params.kind == 'Window'                     | {params: {a: {spec: {}}}} | {decision: Allow}
          a |                                  | params.spec.level > 3 && !has(params.spec.open)                            | {params: {a: {spec: {level: 4}}}} | {decision: Allow}
          b |                                  | true                                                                      | {} | {decision: Deny, reasons: [ParamsNotFound], message: there is no Window b}
          b | , parameterNotFoundAction: Allow | false                                                                     | {} | {decision: Allow}
          b |                                  | params.spec.open == true                                                  | {params: {b: {spec: {open: true}}}} | {decision: Allow}
          """)
  void anObjectIsTakenFromTheFilesOrGiven(
      String name, String action, String expression, String given, String expect) {
    var outcomes =
        cases(WINDOWS.formatted(name, action == null ? "" : action, expression, given, expect))
            .run();

    assertThat(outcomes).containsExactly(new Outcome("it", List.of()));
  }

  @Test
  void anObjectThatNoPolicyNamesIsAMistake() {
    assertThatThrownBy(
            () ->
                cases(
                    WINDOWS
                        .replace("kind: Window\nmetadata", "kind: Windows\nmetadata")
                        .formatted("a", "", "true", "{}", "{decision: Allow}")))
        .hasMessageContaining("a document of kind \"Windows\" is neither");
  }

  @Test
  void casesShareWhatTheyAreGiven() {
    assertThat(
            cases(
                    POLICY
                        + """
                        given: {ttl: 30m}
                        cases:
                        - {name: shared, expect: {decision: Deny}}
                        - {name: own, given: {ttl: 5m}, expect: {decision: Allow}}
                        """)
                .run())
        .allMatch(Outcome::passed)
        .hasSize(2);
  }

  @Test
  void aPolicyThatDoesNotCompileFails() {
    var outcomes =
        cases(
                """
                kind: CredentialPolicy
                metadata: {name: p}
                spec: {validations: [{expression: "pod.nam == ''"}]}
                ---
                - {name: denied, expect: {decision: Deny, reasons: [PolicyInvalid]}}
                """)
            .run();

    assertThat(outcomes).extracting(Outcome::name).containsExactly("CredentialPolicy p", "denied");
    assertThat(outcomes.getFirst().differences())
        .containsExactly("spec.validations[0].expression: line 1, column 4: undefined field 'nam'");
    assertThat(outcomes.getLast().passed()).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {pot: {}}                       | given.pot: unknown field; there are access,
          {pod: {labels: {}}}             | given.pod.labels: unknown field; it is a manifest
          {credential: {acces: writer}}   | given.credential.acces: unknown field
          {request: {spec: {ovner: a}}}   | given.request.spec.ovner: unknown field
          {provider: {nam: a}}            | given.provider.nam: unknown field
          {leases: [{spec: {leas: a}}]}   | given.leases[0].spec.leas: unknown field
          {pod: now}                      | given.pod: must be an object
          {now: noon}                     | given.now: must be a time such as
          {ttl: long}                     | given.ttl: not a duration: long
          """)
  void aMistakeInACaseFailsItByName(String given, String message) {
    var policy =
        """
        kind: CredentialPolicy
        metadata: {name: p}
        spec: {validations: [{expression: "leases.size() == 0"}]}
        ---
        """;
    var outcome =
        cases(policy + "- {name: a, given: %s, expect: {decision: Deny}}".formatted(given))
            .run()
            .getFirst();
    assertThat(outcome.differences()).singleElement().asString().startsWith(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          [{name: a, expect: {decision: Allow}}]                                | there is no CredentialPolicy
          {kind: CredentialPolicy, metadata: {name: p}, spec: {limits: {}}}     | there are no cases
          {kind: CredentialPolicy, metadata: {name: p}, spec: {limit: {}}}      | cases.yaml: CredentialPolicy p.spec.limit: unknown field; there are breakGlass, enforcement, limits
          {kind: Pod}                                                           | a document of kind "Pod" is neither
          [{name: a, given: {}}]                                                | cases.yaml: cases[0]: name and expect must be given
          [{name: a                                                             | cases.yaml: no YAML: while parsing
          [{name: a, expects: {}}]                                              | cases.yaml: cases[0].expects: unknown field
          [{name: a, expect: {decision: Maybe}}]                                | cases.yaml: cases[0].expect.decision:
          """)
  void aMistakeInAFileIsNamed(String document, String message) {
    assertThatThrownBy(() -> cases(document))
        .isInstanceOf(MalformedCasesException.class)
        .hasMessageStartingWith(message);
  }
}
