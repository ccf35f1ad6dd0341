package dev.hallpass.lease;

import dev.hallpass.api.v1alpha1.BreakGlass;
import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.api.v1alpha1.CredentialProviderSpec;
import dev.hallpass.api.v1alpha1.CredentialProviderStatus;
import dev.hallpass.api.v1alpha1.CredentialRequest;
import dev.hallpass.api.v1alpha1.CredentialRequestSpec.RequestedCredential;
import dev.hallpass.policy.CompiledPolicy;
import dev.hallpass.policy.IssueDecider;
import dev.hallpass.policy.IssueDecision;
import dev.hallpass.policy.IssueDecision.Allow;
import dev.hallpass.policy.IssueDecision.Deny;
import dev.hallpass.policy.OpenBreakGlass;
import dev.hallpass.policy.PolicyDecider;
import dev.hallpass.policy.PolicyFacts;
import dev.hallpass.policy.PolicyVerdict;
import dev.hallpass.policy.Surroundings;
import dev.hallpass.provider.Offer;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.CustomResource;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A pod, and the credential that it asks for or has. Broker, controller and plugin put it here, so
 * that it is decided everywhere in the same order.
 *
 * @param provider the provider that the request names; null where there is none
 * @param offer what its target can deliver; null where nothing is to be delivered
 * @param lease what the pod has of it; null where nothing yet
 * @param now the time
 */
public record Inquiry(
    Pod pod,
    Namespace namespace,
    CredentialRequest request,
    RequestedCredential credential,
    @Nullable CustomResource<CredentialProviderSpec, CredentialProviderStatus> provider,
    @Nullable Offer offer,
    @Nullable CredentialLease lease,
    Instant now) {

  /**
   * Who is asked beside the provider.
   *
   * @param around what policies look up
   * @param breakGlasses those of the pod's namespace
   * @param longest what this Hallpass lets a break-glass last
   */
  public record Rules(
      PolicyDecider decider,
      List<CompiledPolicy> policies,
      Surroundings around,
      Collection<BreakGlass> breakGlasses,
      Duration longest) {}

  /** What is said to it. */
  public sealed interface Answer {

    /** The provider does not allow it, and nobody else was asked. */
    record Refused(Deny denial) implements Answer {}

    /**
     * The provider allows it, and policies were asked about that. What they demand of people is
     * still to be counted.
     *
     * @param allowed what the provider allows
     * @param facts what policies were told
     * @param open the break-glass that some of them may have given way to
     */
    record Judged(
        Allow allowed, PolicyFacts facts, PolicyVerdict verdict, Optional<OpenBreakGlass> open)
        implements Answer {}
  }

  /**
   * Whether it may be issued or renewed: first the provider's allow-list and caps, then policies
   * about what these leave.
   *
   * @param others who is asked then; not read before
   */
  public Answer put(Supplier<Rules> others) {
    return heard(IssueDecider.decide(input()), others);
  }

  /**
   * Whether what is there may stay. Policies are also asked where the provider's caps leave less
   * than the request asks for, and about that.
   *
   * @param others see {@link #put}
   */
  public Answer review(Supplier<Rules> others) {
    return heard(IssueDecider.standing(input()), others);
  }

  private Answer heard(IssueDecision byProvider, Supplier<Rules> others) {
    return switch (byProvider) {
      case Deny deny -> new Answer.Refused(deny);
      case Allow allow -> {
        var rules = others.get();
        var found = Objects.requireNonNull(provider);
        var facts =
            PolicyFacts.of(
                pod, namespace, request, credential, found, allow, now, lease, rules.around());
        var open = breakGlass(rules);
        var verdict = rules.decider().decide(rules.policies(), facts, allow, open);
        yield new Answer.Judged(allow, facts, verdict.ofProviderMadeAt(made(found)), open);
      }
    };
  }

  /** One that is only tried out was always there. */
  private static Instant made(HasMetadata provider) {
    var created = provider.getMetadata().getCreationTimestamp();
    return created == null ? Instant.MIN : Instant.parse(created);
  }

  private IssueDecider.Input input() {
    var labels = namespace.getMetadata().getLabels();
    return new IssueDecider.Input(
        credential,
        namespace.getMetadata().getName(),
        labels == null ? Map.of() : labels,
        provider == null ? null : provider.getSpec(),
        offer);
  }

  /** What a pod has rests on the one that it was issued under, and on no other. */
  private Optional<OpenBreakGlass> breakGlass(Rules rules) {
    return lease == null
        ? OpenBreakGlass.find(
            rules.breakGlasses(), pod, request, credential.name(), rules.longest(), now)
        : OpenBreakGlass.behind(lease, request, rules.breakGlasses(), rules.longest(), now);
  }
}
