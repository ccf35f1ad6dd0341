package dev.hallpass.cli;

import dev.hallpass.api.v1alpha1.BreakGlass;
import dev.hallpass.api.v1alpha1.ClusterCredentialProvider;
import dev.hallpass.api.v1alpha1.CredentialPolicy;
import dev.hallpass.api.v1alpha1.CredentialProvider;
import dev.hallpass.api.v1alpha1.CredentialProviderSpec;
import dev.hallpass.api.v1alpha1.CredentialProviderStatus;
import dev.hallpass.api.v1alpha1.CredentialRequest;
import dev.hallpass.api.v1alpha1.CredentialRequestSpec.RequestedCredential;
import dev.hallpass.api.v1alpha1.HallpassApi;
import dev.hallpass.api.v1alpha1.ProviderRef;
import dev.hallpass.kube.Conditions;
import dev.hallpass.kube.KnownParams;
import dev.hallpass.kube.LiveCatalog;
import dev.hallpass.kube.ParamObject;
import dev.hallpass.kube.ParamState.Unreadable;
import dev.hallpass.lease.Inquiry;
import dev.hallpass.lease.Inquiry.Answer;
import dev.hallpass.lease.LiveSurroundings;
import dev.hallpass.lease.RevokeOrder;
import dev.hallpass.policy.CompiledPolicy;
import dev.hallpass.policy.Denial;
import dev.hallpass.policy.IssueDecider;
import dev.hallpass.policy.IssueDecision;
import dev.hallpass.policy.Once;
import dev.hallpass.policy.OpenBreakGlass;
import dev.hallpass.policy.PolicyBook;
import dev.hallpass.policy.PolicyDecider;
import dev.hallpass.wire.Reason;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Decides as the broker would, on what this user may see: the same deciders, the same objects.
 * Writes nothing.
 */
final class Preview {
  /** What the schema lets one last; the chart may allow less. */
  private static final Duration LONGEST_BREAK_GLASS = Duration.ofHours(4);

  private final KubernetesClient client;
  private final BrokerSettings settings;
  private final Instant now;

  private final Reading<CredentialPolicy> policies;
  private final Reading<KnownParams> params;

  private Preview(
      KubernetesClient client,
      BrokerSettings settings,
      Instant now,
      Reading<CredentialPolicy> policies,
      Reading<KnownParams> params) {
    this.client = client;
    this.settings = settings;
    this.now = now;
    this.policies = policies;
    this.params = params;
  }

  /** Reads what all decisions have in common. */
  static Preview of(KubernetesClient client, BrokerSettings settings, Instant now) {
    var policies = Reading.of(() -> client.resources(CredentialPolicy.class).list().getItems());
    var live = new LiveCatalog(client, settings.namespace());
    return new Preview(client, settings, now, policies, Reading.of(() -> List.of(live.params())));
  }

  /** What would be said of that credential of the request, if this pod asked for it now. */
  Judgement judge(
      Namespace namespace, Pod pod, CredentialRequest request, RequestedCredential credential) {
    var ordered =
        Stream.of(request, pod)
            .map(HasMetadata.class::cast)
            .filter(o -> RevokeOrder.of(o).covers(now))
            .findFirst();
    if (ordered.isPresent()) {
      return new Judgement.Denied(
          Reason.RevocationAsked,
          "%s %s carries the annotation %s"
              .formatted(
                  ordered.get().getKind(),
                  ordered.get().getMetadata().getName(),
                  HallpassApi.REVOKE_ANNOTATION));
    }
    var provider = provider(credential.providerRef(), namespace.getMetadata().getName());
    if (provider.obstacle().isPresent()) {
      return new Judgement.Unknown(provider.obstacle().get());
    }
    return judge(
        new Inquiry(
            pod,
            namespace,
            request,
            credential,
            provider.items().stream().findFirst().orElse(null),
            null,
            null,
            now));
  }

  private Judgement judge(Inquiry inquiry) {
    var namespace = inquiry.namespace().getMetadata().getName();
    var glasses = new Once<>(() -> breakGlasses(namespace));
    try {
      return switch (inquiry.put(() -> rules(glasses.get()))) {
        case Answer.Refused(var denial) -> denied(denial);
        case Answer.Judged judged ->
            failing(Objects.requireNonNull(inquiry.provider()))
                .map(detail -> denied(IssueDecider.notReady(inquiry.credential(), detail)))
                .orElseGet(() -> byPolicies(judged, glasses.get()));
      };
    } catch (KubernetesClientException e) {
      return new Judgement.Unknown(ApiErrors.line(e));
    }
  }

  private Inquiry.Rules rules(Reading<BreakGlass> glasses) {
    return new Inquiry.Rules(
        decider(), compiled(), new LiveSurroundings(client), glasses.items(), LONGEST_BREAK_GLASS);
  }

  private PolicyDecider decider() {
    return new PolicyDecider(settings.unmatched());
  }

  private List<CompiledPolicy> compiled() {
    return new PolicyBook().of(policies.items(), known());
  }

  private KnownParams known() {
    return params.items().stream().findFirst().orElse(KnownParams.NONE);
  }

  private static Judgement denied(IssueDecision.Deny deny) {
    return new Judgement.Denied(deny.reason(), deny.message());
  }

  private Judgement byPolicies(Answer.Judged judged, Reading<BreakGlass> glasses) {
    if (policies.obstacle().isPresent()) {
      return new Judgement.Unknown(policies.obstacle().get());
    }
    var verdict = judged.verdict();
    if (verdict.allows()) {
      return new Judgement.Allowed(
          verdict.allowed().ttl(),
          verdict.allowed().maxLifetime(),
          verdict.reported(),
          verdict.demands());
    }
    var blind = params.obstacle().or(() -> hidden(known()));
    // What a policy says for want of its parameters is not what it says to the broker.
    var said = verdict.denials().stream().filter(d -> blind.isEmpty() || !needsParams(d)).toList();
    if (said.isEmpty()) {
      return new Judgement.Unknown(blind.orElseThrow());
    }
    return glasses.obstacle().isPresent() && allowedUnderUnseen(judged)
        ? new Judgement.Unknown(
            "it is denied (%s), unless a break-glass is open for it: %s"
                .formatted(Denial.sentence(said), glasses.obstacle().get()))
        : new Judgement.Denied(Reason.PolicyDenied, Denial.sentence(said));
  }

  private Reading<BreakGlass> breakGlasses(String namespace) {
    return Reading.of(
        () -> client.resources(BreakGlass.class).inNamespace(namespace).list().getItems());
  }

  /** With one that may be there where break-glasses may not be read. */
  private boolean allowedUnderUnseen(Answer.Judged judged) {
    var unseen = new OpenBreakGlass("", "", now.plus(LONGEST_BREAK_GLASS));
    return decider()
        .decide(compiled(), judged.facts(), judged.allowed(), Optional.of(unseen))
        .allows();
  }

  /** That this user may not see an object says nothing about the broker. */
  private Optional<String> hidden(KnownParams known) {
    return policies.items().stream()
        .flatMap(p -> ParamObject.of(p.getSpec().params()).stream())
        .filter(
            o ->
                known.objects().apply(o) instanceof Unreadable u
                    && u.reason() == Reason.ParamsForbidden)
        .map("you may not read %s, which a policy takes parameters from"::formatted)
        .findFirst();
  }

  private boolean needsParams(Denial denial) {
    return policies.items().stream()
        .filter(p -> p.getMetadata().getName().equals(denial.policy()))
        .anyMatch(p -> p.getSpec().params() != null);
  }

  /** How a provider stands whose probe failed, as a sentence goes on after its name. */
  private static Optional<String> failing(
      CustomResource<CredentialProviderSpec, CredentialProviderStatus> provider) {
    var status = provider.getStatus();
    return Conditions.find(status == null ? null : status.conditions(), Conditions.READY)
        .filter(c -> "False".equals(c.getStatus()))
        .filter(
            c -> Objects.equals(c.getObservedGeneration(), provider.getMetadata().getGeneration()))
        .map(c -> "is not ready (%s): %s".formatted(c.getReason(), c.getMessage()));
  }

  private Reading<CustomResource<CredentialProviderSpec, CredentialProviderStatus>> provider(
      ProviderRef ref, String namespace) {
    return Reading.of(
        () ->
            one(
                switch (ref.kind()) {
                  case CredentialProvider ->
                      client
                          .resources(CredentialProvider.class)
                          .inNamespace(namespace)
                          .withName(ref.name())
                          .get();
                  case ClusterCredentialProvider ->
                      client.resources(ClusterCredentialProvider.class).withName(ref.name()).get();
                }));
  }

  private static List<CustomResource<CredentialProviderSpec, CredentialProviderStatus>> one(
      @Nullable CustomResource<CredentialProviderSpec, CredentialProviderStatus> found) {
    return found == null || found.isMarkedForDeletion() ? List.of() : List.of(found);
  }
}
