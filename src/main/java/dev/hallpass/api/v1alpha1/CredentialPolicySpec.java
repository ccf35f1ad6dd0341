package dev.hallpass.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a policy is about, and what it demands.
 *
 * @see <a href="https://cel.dev">Common Expression Language</a>
 */
@JsonClassDescription("What the policy is about, and what it demands.")
@ValidationRule(
    value = "has(self.validations) || has(self.limits) || has(self.requireApproval)",
    message =
        "spec: validations, limits or requireApproval must be given, else the policy demands"
            + " nothing")
public record CredentialPolicySpec(
    @JsonPropertyDescription(
            "Which credentials of which pods. All members that are given must hold; left out, the"
                + " policy is about every credential.")
        @Nullable Match match,
    @Default("Enforce")
        @JsonPropertyDescription(
            "Enforce: what the policy does not allow is denied. Audit: it is issued, and only"
                + " reported.")
        Enforcement enforcement,
    @JsonPropertyDescription(
            "Data for the expressions, e.g. change windows and freezes, so that it can change"
                + " without the policy.")
        @Nullable Params params,
    @Size(min = 1, max = 32)
        @JsonPropertyDescription(
            "Conditions that must all hold. One that cannot be evaluated denies.")
        @Nullable List<Validation> validations,
    @JsonPropertyDescription(
            "Upper bounds. A request that asks for a longer time gets less; a credential beyond the"
                + " number or rate is denied.")
        @Nullable Limits limits,
    @JsonPropertyDescription(
            "People must say yes before it is issued: whoever has the RBAC verb approve on this"
                + " policy, and did not ask for it themselves.")
        @Nullable RequireApproval requireApproval,
    @JsonPropertyDescription(
            "What gives way to a BreakGlass that is open. Left out: nobody is asked for approval,"
                + " and the"
                + " validations hold. Skip: neither holds. Respect: both hold. Limits always do.")
        @Nullable BreakGlassRule breakGlass) {

  /** What comes of a credential that a policy does not allow. */
  public enum Enforcement {
    Enforce,
    Audit
  }

  /** What of a policy gives way to a break-glass, where it says so. */
  public enum BreakGlassRule {
    Respect,
    Skip
  }

  /** The credentials that a policy is about. */
  public record Match(
      @JsonPropertyDescription("Labels of the pod's namespace.")
          @Nullable PodSelector namespaceSelector,
      @JsonPropertyDescription("Labels of the pod.") @Nullable PodSelector podSelector,
      @Size(min = 1, max = 32) @JsonPropertyDescription("The providers, one of them.")
          @Nullable List<ProviderRef> providers,
      @Size(min = 1, max = 32) @JsonPropertyDescription("The names of access levels, one of them.")
          @Nullable List<String> access) {

    /** Whether a credential is among them, by the labels of its namespace and of its pod. */
    public boolean covers(
        @Nullable Map<String, String> namespaceLabels,
        @Nullable Map<String, String> podLabels,
        ProviderRef provider,
        String level) {
      return (namespaceSelector == null || namespaceSelector.matches(namespaceLabels))
          && (podSelector == null || podSelector.matches(podLabels))
          && (providers == null || providers.contains(provider))
          && (access == null || access.contains(level));
    }
  }

  /** Where the variable {@code params} comes from: the data of a ConfigMap, or an object. */
  @ValidationRule(
      value =
          "has(self.configMap) ? !has(self.paramKind) && !has(self.paramRef)"
              + " : has(self.paramKind) && has(self.paramRef)",
      message = "params: give configMap, or else both paramKind and paramRef")
  public record Params(
      @Size(min = 1, max = 253)
          @ValidationRule(
              value = HallpassApi.NAME_FORM,
              message = "params.configMap" + HallpassApi.NAME_WANTED)
          @JsonPropertyDescription(
              "A ConfigMap of Hallpass's own namespace with the label hallpass.dev/params. Without"
                  + " it the policy denies.")
          @Nullable String configMap,
      @JsonPropertyDescription(
              "The kind of a custom resource. Whoever installs it lets Hallpass read it: a"
                  + " ClusterRole with list and watch, and the label"
                  + " hallpass.dev/aggregate-to-params: \"true\".")
          @Nullable ParamKind paramKind,
      @JsonPropertyDescription("The object of that kind.") @Nullable ParamRef paramRef) {

    /** Whether the lack of the object is no denial. */
    public boolean allowsAbsence() {
      return paramRef != null && paramRef.parameterNotFoundAction() == NotFoundAction.Allow;
    }
  }

  /** The kind of a custom resource. */
  public record ParamKind(
      @Required
          @Size(min = 1, max = 253)
          @ValidationRule(value = HallpassApi.CUSTOM_KINDS_FORM, message = HallpassApi.CUSTOM_KINDS)
          @JsonPropertyDescription("Group and version, e.g. change.example.com/v1.")
          String apiVersion,
      @Required
          @Size(min = 1, max = 63)
          @ValidationRule(
              value = HallpassApi.WORD_FORM,
              message = "paramKind.kind: write the kind as its manifests do, e.g. ChangeWindow")
          @JsonPropertyDescription("Its kind, e.g. ChangeWindow.")
          String kind) {}

  /** An object. */
  public record ParamRef(
      @Required
          @Size(min = 1, max = 253)
          @ValidationRule(
              value = HallpassApi.NAME_FORM,
              message = "paramRef.name" + HallpassApi.NAME_WANTED)
          @JsonPropertyDescription("Its name.")
          String name,
      @Size(min = 1, max = 63)
          @ValidationRule(
              value = HallpassApi.LABEL_FORM,
              message = "paramRef.namespace" + HallpassApi.LABEL_WANTED)
          @JsonPropertyDescription("Its namespace; left out where the kind has none.")
          @Nullable String namespace,
      @Default("Deny")
          @JsonPropertyDescription(
              "What it means that there is no such object. Deny: the policy denies. Allow: its"
                  + " validations hold, and nobody is asked for approval; its limits stay. A kind"
                  + " that is not installed, or that Hallpass may not read, always denies.")
          @Nullable NotFoundAction parameterNotFoundAction) {}

  /** What the lack of an object means. */
  public enum NotFoundAction {
    Allow,
    Deny
  }

  /** One condition. */
  @ValidationRule(
      value = "!(has(self.message) && has(self.messageExpression))",
      message = "give message or messageExpression, not both")
  public record Validation(
      @Required
          @Size(min = 1, max = 4096)
          @JsonPropertyDescription(
              "A CEL expression that is true where the credential may be issued. docs/policy.md"
                  + " lists the variables and functions.")
          String expression,
      @Size(min = 1, max = 1024)
          @JsonPropertyDescription(
              "What a person reads where it is not true; say what to do. Left out: the expression.")
          @Nullable String message,
      @Size(min = 1, max = 4096)
          @JsonPropertyDescription("The same as a CEL expression that gives a text.")
          @Nullable String messageExpression,
      @Size(max = 64)
          @ValidationRule(
              value = HallpassApi.WORD_FORM,
              message =
                  "validations.reason: write one word of letters and digits that begins with a"
                      + " capital, e.g. OutsideBusinessHours")
          @Default("Denied")
          @JsonPropertyDescription("A word for machines and dashboards, e.g. OutsideBusinessHours.")
          String reason) {}

  /** Upper bounds. */
  @ValidationRule(
      value = "has(self.maxTtl) || has(self.maxLifetime) || has(self.maxLeases) || has(self.rate)",
      message = "limits: at least one limit must be given")
  public record Limits(
      @Size(max = 32)
          @ValidationRule(
              value = HallpassApi.DURATION_FORM,
              message = "limits.maxTtl: write hours, minutes or seconds, e.g. 15m")
          @ValidationRule(
              value = "!" + HallpassApi.DURATION_FORM + " || duration(self) >= duration('1m')",
              message = "maxTtl: must be at least 1m")
          @JsonPropertyDescription("The longest ttl, e.g. 15m.")
          @Nullable String maxTtl,
      @Size(max = 32)
          @ValidationRule(
              value = HallpassApi.DURATION_FORM,
              message = "limits.maxLifetime: write hours, minutes or seconds, e.g. 12h")
          @ValidationRule(
              value = "!" + HallpassApi.DURATION_FORM + " || duration(self) >= duration('1m')",
              message = "maxLifetime: must be at least 1m")
          @JsonPropertyDescription("The longest that one lease may live, renewals included.")
          @Nullable String maxLifetime,
      @Min(1)
          @Max(100_000)
          @JsonPropertyDescription(
              "How many pods of one request may hold a lease of the same provider and access level"
                  + " at a time (LeaseLimit).")
          @Nullable Integer maxLeases,
      @JsonPropertyDescription(
              "How often the pods of one request may be given a new lease of the same provider and"
                  + " access level (RateLimit). A restarted container goes on with the lease of its"
                  + " pod, and does not count.")
          @Nullable Rate rate) {}

  /** A number of new leases in a time. */
  public record Rate(
      @Required
          @Min(1)
          @Max(100_000)
          @JsonPropertyDescription("How many leases may be made, e.g. 30.")
          Integer count,
      @Required
          @Size(max = 32)
          @ValidationRule(
              value = HallpassApi.DURATION_FORM,
              message = "rate.per: write minutes or seconds, e.g. 1m")
          @ValidationRule(
              value =
                  "!"
                      + HallpassApi.DURATION_FORM
                      + " || (duration(self) >= duration('1s')"
                      + " && duration(self) <= duration('10m'))",
              message =
                  "rate.per: must be from 1s to 10m; what ended longer ago is not remembered for"
                      + " sure")
          @JsonPropertyDescription("In which time, e.g. 1m; at most 10m.")
          String per) {}

  /** Who must be asked, and for how long. */
  public record RequireApproval(
      @Size(min = 1, max = 4096)
          @JsonPropertyDescription(
              "A CEL expression that is true where approval is needed. Left out: always. One that"
                  + " cannot be evaluated denies.")
          @Nullable String when,
      @Default("1")
          @Min(1)
          @Max(16)
          @JsonPropertyDescription("How many different people must approve.")
          @Nullable Integer approvals,
      @Size(max = 32)
          @Default("1h")
          @ValidationRule(
              value = HallpassApi.DURATION_FORM,
              message = "requireApproval.timeout: write hours, minutes or seconds, e.g. 1h")
          @ValidationRule(
              value =
                  "!"
                      + HallpassApi.DURATION_FORM
                      + " || (duration(self) >= duration('1m')"
                      + " && duration(self) <= duration('168h'))",
              message = "timeout: must be between 1m and 168h")
          @JsonPropertyDescription(
              "How long a lease waits; then it is denied. From 1m to 168h, e.g. 1h.")
          @Nullable String timeout) {

    /** How many people, defaulted. */
    public int approvalsOrOne() {
      return approvals == null ? 1 : approvals;
    }

    /** How long a lease waits, defaulted. */
    public String timeoutOrHour() {
      return timeout == null ? "1h" : timeout;
    }
  }
}
