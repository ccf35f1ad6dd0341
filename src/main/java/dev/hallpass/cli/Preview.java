package dev.hallpass.cli;

import static java.util.Objects.requireNonNullElse;

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
import dev.hallpass.kube.ParamState.Unreadable;
import dev.hallpass.lease.LiveSurroundings;
import dev.hallpass.lease.RevokeOrder;
import dev.hallpass.policy.Denial;
import dev.hallpass.policy.IssueDecider;
import dev.hallpass.policy.IssueDecision;
import dev.hallpass.policy.OpenBreakGlass;
import dev.hallpass.policy.PolicyBook;
import dev.hallpass.policy.PolicyDecider;
import dev.hallpass.policy.PolicyFacts;
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
import java.util.Map;
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
  private final Installation installation;
  private final Instant now;

  private final Reading<CredentialPolicy> policies;
  private final Reading<KnownParams> params;

  private Preview(
      KubernetesClient client,
      Installation installation,
      Instant now,
      Reading<CredentialPolicy> policies,
      Reading<KnownParams> params) {
    this.client = client;
    this.installation = installation;
    this.now = now;
    this.policies = policies;
    this.params = params;
  }

  /** Reads what all decisions have in common. */
  static Preview of(KubernetesClient client, Installation installation, Instant now) {
    var policies = Reading.of(() -> client.resources(CredentialPolicy.class).list().getItems());
    var live = new LiveCatalog(client, installation.namespace());
    return new Preview(
        client,
        installation,
        now,
        policies,
        Reading.of(() -> List.of(live.params(policies.items()))));
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
    return judge(namespace, pod, request, credential, provider.items().stream().findFirst());
  }

  private Judgement judge(
      Namespace namespace,
      Pod pod,
      CredentialRequest request,
      RequestedCredential credential,
      Optional<CustomResource<CredentialProviderSpec, CredentialProviderStatus>> provider) {
    var decision =
        IssueDecider.decide(
            new IssueDecider.Input(
                credential,
                namespace.getMetadata().getName(),
                requireNonNullElse(namespace.getMetadata().getLabels(), Map.of()),
                provider.map(CustomResource::getSpec).orElse(null),
                null));
    return switch (decision) {
      case IssueDecision.Deny(var reason, var message) -> new Judgement.Denied(reason, message);
      case IssueDecision.Allow allow -> {
        var down = failing(provider.orElseThrow());
        yield down.isPresent()
            ? denied(IssueDecider.notReady(credential, down.get()))
            : byPolicies(
                PolicyFacts.of(
                    pod,
                    namespace,
                    request,
                    credential,
                    provider.orElseThrow(),
                    allow,
                    now,
                    null,
                    new LiveSurroundings(client)),
                allow);
      }
    };
  }

  private static Judgement denied(IssueDecision.Deny deny) {
    return new Judgement.Denied(deny.reason(), deny.message());
  }

  private Judgement byPolicies(PolicyFacts facts, IssueDecision.Allow allow) {
    if (policies.obstacle().isPresent()) {
      return new Judgement.Unknown(policies.obstacle().get());
    }
    var known = params.items().stream().findFirst().orElse(KnownParams.NONE);
    var blind = params.obstacle().or(() -> hidden(known));
    try {
      var decider = new PolicyDecider(installation.unmatched());
      var book = new PolicyBook().of(policies.items(), known);
      var glasses = breakGlasses(facts);
      var verdict = decider.decide(book, facts, allow, open(facts, glasses.items()));
      if (verdict.allows()) {
        return new Judgement.Allowed(
            verdict.allowed().ttl(),
            verdict.allowed().maxLifetime(),
            verdict.reported(),
            verdict.demands());
      }
      // What a policy says for want of its parameters is not what it says to the broker.
      var said =
          verdict.denials().stream().filter(d -> blind.isEmpty() || !needsParams(d)).toList();
      if (said.isEmpty()) {
        return new Judgement.Unknown(blind.orElseThrow());
      }
      return glasses.obstacle().isPresent()
              && decider.decide(book, facts, allow, Optional.of(unseen())).allows()
          ? new Judgement.Unknown(
              "it is denied (%s), unless a break-glass is open for it: %s"
                  .formatted(Denial.sentence(said), glasses.obstacle().get()))
          : new Judgement.Denied(Reason.PolicyDenied, Denial.sentence(said));
    } catch (KubernetesClientException e) {
      return new Judgement.Unknown(ApiErrors.line(e));
    }
  }

  private Reading<BreakGlass> breakGlasses(PolicyFacts facts) {
    var namespace = facts.namespaceObject().getMetadata().getName();
    return Reading.of(
        () -> client.resources(BreakGlass.class).inNamespace(namespace).list().getItems());
  }

  /** One that may be there where break-glasses may not be read. */
  private OpenBreakGlass unseen() {
    return new OpenBreakGlass("", "", now.plus(LONGEST_BREAK_GLASS));
  }

  private Optional<OpenBreakGlass> open(PolicyFacts facts, List<BreakGlass> ofNamespace) {
    return OpenBreakGlass.find(
        ofNamespace,
        facts.pod(),
        facts.request(),
        facts.credential().name(),
        LONGEST_BREAK_GLASS,
        now);
  }

  /** That this user may not see an object says nothing about the broker. */
  private static Optional<String> hidden(KnownParams known) {
    return known.objects().entrySet().stream()
        .filter(e -> e.getValue() instanceof Unreadable u && u.reason() == Reason.ParamsForbidden)
        .map(e -> "you may not read %s, which a policy takes parameters from".formatted(e.getKey()))
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
        .map(c -> "is not ready: %s (%s)".formatted(c.getMessage(), c.getReason()));
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
