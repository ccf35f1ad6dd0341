package dev.hallpass.policy;

import static java.util.Objects.requireNonNullElse;

import dev.hallpass.api.v1alpha1.CredentialPolicy;
import dev.hallpass.api.v1alpha1.CredentialPolicySpec;
import dev.hallpass.api.v1alpha1.CredentialPolicySpec.BreakGlassRule;
import dev.hallpass.api.v1alpha1.CredentialPolicySpec.Enforcement;
import dev.hallpass.api.v1alpha1.CredentialPolicySpec.Limits;
import dev.hallpass.api.v1alpha1.CredentialPolicySpec.Params;
import dev.hallpass.api.v1alpha1.CredentialPolicySpec.RequireApproval;
import dev.hallpass.api.v1alpha1.CredentialPolicySpec.Validation;
import dev.hallpass.api.v1alpha1.HallpassApi;
import dev.hallpass.kube.KnownParams;
import dev.hallpass.kube.ParamObject;
import dev.hallpass.kube.ParamState.Found;
import dev.hallpass.kube.ParamState.Missing;
import dev.hallpass.kube.ParamState.Unreadable;
import dev.hallpass.policy.cel.Expression;
import dev.hallpass.policy.cel.ExpressionException;
import dev.hallpass.policy.cel.Language;
import dev.hallpass.policy.cel.Scope;
import dev.hallpass.wire.Excerpt;
import dev.hallpass.wire.Reason;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A policy ready to be evaluated. Where an expression of it cannot be compiled, it denies all that
 * it matches, and its flaws say why.
 */
public final class CompiledPolicy {
  private static final String PARAMS = "params";
  private static final Language<PolicyFacts> LANGUAGE = new Language<>(PolicyFacts.class);

  /** Of objects of kinds that we do not know. */
  private static final Language<PolicyFacts> OBJECT_LANGUAGE =
      Language.untyped(PolicyFacts.class, PARAMS);

  private record Rule(
      Expression condition, @Nullable Expression message, String text, String reason) {}

  private final String name;
  private final long generation;
  private final Instant since;
  private final CredentialPolicySpec spec;
  private final List<Rule> rules;
  private final @Nullable Expression when;
  private final List<String> flaws;
  private final KnownParams params;

  private CompiledPolicy(
      String name,
      long generation,
      Instant since,
      CredentialPolicySpec spec,
      List<Rule> rules,
      @Nullable Expression when,
      List<String> flaws,
      KnownParams params) {
    this.name = name;
    this.generation = generation;
    this.since = since;
    this.spec = spec;
    this.rules = rules;
    this.when = when;
    this.flaws = flaws;
    this.params = params;
  }

  /** Compiles a policy; never fails. */
  public static CompiledPolicy of(CredentialPolicy policy) {
    var rules = new ArrayList<Rule>();
    var flaws = new ArrayList<String>();
    var validations = policy.getSpec().validations();
    var language = language(policy.getSpec().params(), flaws);
    for (var i = 0; validations != null && i < validations.size(); i++) {
      var validation = validations.get(i);
      var field = "spec.validations[%d]".formatted(i);
      var condition =
          compiled(field + ".expression", validation.expression(), language::condition, flaws);
      var source = validation.messageExpression();
      var message =
          source == null
              ? Optional.<Expression>empty()
              : compiled(field + ".messageExpression", source, language::text, flaws);
      condition.ifPresent(c -> rules.add(rule(c, message.orElse(null), validation)));
    }
    var approval = policy.getSpec().requireApproval();
    var asks = approval == null ? null : approval.when();
    var when =
        asks == null
            ? Optional.<Expression>empty()
            : compiled("spec.requireApproval.when", asks, language::condition, flaws);
    return new CompiledPolicy(
        policy.getMetadata().getName(),
        requireNonNullElse(policy.getMetadata().getGeneration(), 0L),
        since(policy),
        policy.getSpec(),
        List.copyOf(rules),
        when.orElse(null),
        List.copyOf(flaws),
        KnownParams.NONE);
  }

  /** One that is only tried out was always there. */
  private static Instant since(CredentialPolicy policy) {
    var created = policy.getMetadata().getCreationTimestamp();
    return created == null ? Instant.MIN : Instant.parse(created);
  }

  private static Language<PolicyFacts> language(@Nullable Params params, List<String> flaws) {
    var kind = params == null ? null : params.paramKind();
    if (kind == null) {
      return LANGUAGE;
    }
    if (!ParamObject.isCustom(kind)) {
      flaws.add("spec.params." + HallpassApi.CUSTOM_KINDS);
    }
    return OBJECT_LANGUAGE;
  }

  /** The same, where this is known of what it may take parameters from. */
  CompiledPolicy with(KnownParams known) {
    return spec.params() == null
        ? this
        : new CompiledPolicy(name, generation, since, spec, rules, when, flaws, known);
  }

  private static Rule rule(
      Expression condition, @Nullable Expression message, Validation validation) {
    return new Rule(
        condition,
        message,
        requireNonNullElse(validation.message(), "not true: " + validation.expression().strip()),
        validation.reason());
  }

  @FunctionalInterface
  private interface Compiler {
    Expression compile(String source);
  }

  private static Optional<Expression> compiled(
      String field, String source, Compiler compiler, List<String> flaws) {
    try {
      return Optional.of(compiler.compile(source));
    } catch (ExpressionException e) {
      flaws.add("%s: %s".formatted(field, e.getMessage()));
      return Optional.empty();
    }
  }

  /** What keeps it from being evaluated, each with field, line and column. */
  public List<String> flaws() {
    return flaws;
  }

  String name() {
    return name;
  }

  long generation() {
    return generation;
  }

  Enforcement enforcement() {
    return spec.enforcement();
  }

  Optional<Limits> limits() {
    return Optional.ofNullable(spec.limits());
  }

  /** The variables of its expressions, which policies about the same facts share. */
  static Scope<PolicyFacts> scope(PolicyFacts facts) {
    return LANGUAGE.scope(facts);
  }

  /** Whether it is about these facts. */
  boolean matches(PolicyFacts facts) {
    var match = spec.match();
    return match == null
        || match.covers(
            facts.namespaceObject().getMetadata().getLabels(),
            facts.pod().getMetadata().getLabels(),
            facts.credential().providerRef(),
            facts.credential().access());
  }

  /** Whether its validations do not hold while a break-glass is open. */
  boolean rulesGiveWay() {
    return spec.breakGlass() == BreakGlassRule.Skip;
  }

  /** Whether nobody is asked for approval while a break-glass is open. */
  boolean approvalGivesWay() {
    return spec.breakGlass() != BreakGlassRule.Respect;
  }

  /** The limits that are reached. */
  List<Denial> overruns(Quota quota) {
    return limits().stream()
        .flatMap(l -> quota.reached(l).stream())
        .map(r -> Denial.ruled(name, generation, r.reason().name(), r.message()))
        .toList();
  }

  /**
   * What it says of what it matches.
   *
   * @param denials all that it has against it
   * @param demand whom it asks
   */
  record Opinion(List<Denial> denials, Optional<ApprovalDemand> demand) {}

  /** Its opinion; one that is wrong, or lacks its parameters, denies. */
  Opinion opinion(Scope<PolicyFacts> scope) {
    if (!flaws.isEmpty()) {
      return denying(
          Denial.failed(name, generation, Reason.PolicyInvalid.name(), flaws.getFirst()));
    }
    var named = spec.params();
    if (named == null) {
      return asked(scope);
    }
    return switch (params.of(named)) {
      case Found(var value, var version) -> asked(scope.with(PARAMS, value));
      case Missing(var message) ->
          named.allowsAbsence()
              ? new Opinion(List.of(), Optional.empty())
              : denying(Denial.failed(name, generation, Reason.ParamsNotFound.name(), message));
      case Unreadable(var reason, var message) ->
          denying(Denial.failed(name, generation, reason.name(), message));
    };
  }

  /** What its expressions see as {@code params}; empty where it names none, or is wrong. */
  Optional<Parameters> parameters() {
    return flaws.isEmpty()
        ? Optional.ofNullable(spec.params()).map(named -> Parameters.of(named, params.of(named)))
        : Optional.empty();
  }

  private static Opinion denying(Denial denial) {
    return new Opinion(List.of(denial), Optional.empty());
  }

  private Opinion asked(Scope<PolicyFacts> scope) {
    var denials = rules.stream().flatMap(rule -> denial(rule, scope).stream()).toList();
    var approval = spec.requireApproval();
    if (approval == null) {
      return new Opinion(denials, Optional.empty());
    }
    try {
      return new Opinion(
          denials,
          when == null || Boolean.TRUE.equals(when.evaluate(scope))
              ? Optional.of(demand(approval))
              : Optional.empty());
    } catch (ExpressionException e) {
      var failed = failed(String.valueOf(approval.when()), e);
      return new Opinion(
          Stream.concat(denials.stream(), Stream.of(failed)).toList(), Optional.empty());
    }
  }

  private ApprovalDemand demand(RequireApproval asked) {
    return new ApprovalDemand(
        name, generation, since, asked.approvalsOrOne(), Durations.parse(asked.timeoutOrHour()));
  }

  private Optional<Denial> denial(Rule rule, Scope<PolicyFacts> scope) {
    try {
      return Boolean.TRUE.equals(rule.condition().evaluate(scope))
          ? Optional.empty()
          : Optional.of(Denial.ruled(name, generation, rule.reason(), message(rule, scope)));
    } catch (ExpressionException e) {
      return Optional.of(failed(rule.condition().source(), e));
    }
  }

  private Denial failed(String expression, ExpressionException e) {
    return Denial.failed(
        name,
        generation,
        Denial.EXPRESSION_FAILED,
        "%s cannot be evaluated: %s"
            .formatted(Excerpt.of(expression, Excerpt.STATEMENT / 2), e.getMessage()));
  }

  /** A message that cannot be made must not hide what it is about. */
  private static String message(Rule rule, Scope<PolicyFacts> scope) {
    var expression = rule.message();
    if (expression == null) {
      return rule.text();
    }
    try {
      return (String) expression.evaluate(scope);
    } catch (ExpressionException e) {
      return "%s (messageExpression: %s)".formatted(rule.text(), e.getMessage());
    }
  }
}
