package dev.hallpass.reconcile.lease;

import dev.hallpass.api.v1alpha1.BreakGlass;
import dev.hallpass.api.v1alpha1.CredentialApproval;
import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.api.v1alpha1.CredentialPolicy;
import dev.hallpass.api.v1alpha1.CredentialProviderSpec;
import dev.hallpass.api.v1alpha1.CredentialProviderStatus;
import dev.hallpass.api.v1alpha1.CredentialRequest;
import dev.hallpass.kube.Catalog;
import dev.hallpass.lease.Inquiry;
import dev.hallpass.lease.Inquiry.Answer;
import dev.hallpass.lease.LeaseFacts;
import dev.hallpass.lease.LiveSurroundings;
import dev.hallpass.policy.ApprovalDecider;
import dev.hallpass.policy.CompiledPolicy;
import dev.hallpass.policy.PolicyBook;
import dev.hallpass.policy.PolicyDecider;
import dev.hallpass.policy.Surroundings;
import dev.hallpass.reconcile.view.ClusterView;
import dev.hallpass.wire.Reason;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Puts leases that stand to provider and policies. A yes may rest on what was seen; a no is asked
 * again of the API server.
 */
final class Hearing {
  private final ClusterView view;
  private final Catalog live;
  private final KubernetesClient client;
  private final PolicyDecider decider;
  private final Duration longestBreakGlass;
  private final Surroundings seen;
  private final Surroundings around;
  private final PolicyBook book = new PolicyBook();

  /** What is asked about a lease. */
  private interface Question {
    Answer put(Inquiry inquiry, Supplier<Inquiry.Rules> others);
  }

  /** What is put, as it was read. */
  private record Read(
      Optional<Pod> pod,
      Optional<CredentialRequest> request,
      Optional<Namespace> namespace,
      Optional<? extends CustomResource<CredentialProviderSpec, CredentialProviderStatus>> provider,
      Supplier<Inquiry.Rules> rules,
      List<CredentialApproval> approvals) {}

  Hearing(
      ClusterView view,
      Catalog live,
      KubernetesClient client,
      PolicyDecider decider,
      Duration longestBreakGlass) {
    this.longestBreakGlass = longestBreakGlass;
    this.view = view;
    this.live = live;
    this.client = client;
    this.decider = decider;
    this.around = new LiveSurroundings(client);
    this.seen = new SeenSurroundings(view, around);
  }

  /** Whether there is anybody to be asked. */
  boolean isNeeded() {
    return !decider.allowsUnmatched() || !policies().isEmpty();
  }

  /**
   * Whether a lease may stay, at the time of these facts; policies are asked even where the
   * provider would not issue it again.
   *
   * @param counted as of when approvals count
   * @throws io.fabric8.kubernetes.client.KubernetesClientException where the API server does not
   *     answer
   */
  Heard review(LeaseFacts facts, Instant counted) {
    return hear(facts, counted, Inquiry::review);
  }

  /**
   * Whether a lease may be extended.
   *
   * @throws io.fabric8.kubernetes.client.KubernetesClientException where the API server does not
   *     answer
   */
  Heard extension(LeaseFacts facts) {
    return hear(facts, facts.now(), Inquiry::put);
  }

  private Heard hear(LeaseFacts facts, Instant counted, Question question) {
    if (!isNeeded()) {
      return new Heard.Unneeded();
    }
    var pod = pod(facts.lease());
    var first = put(facts, seen(facts, pod), counted, question);
    return first instanceof Heard.Judged(var verdict, var told) && verdict.allows()
        ? first
        : put(facts, current(facts, pod), counted, question);
  }

  /** Always read anew: the one that was seen is cut down. */
  private Optional<Pod> pod(CredentialLease lease) {
    var spec = lease.getSpec().pod();
    return Optional.ofNullable(
            client
                .pods()
                .inNamespace(lease.getMetadata().getNamespace())
                .withName(spec.name())
                .get())
        .filter(p -> p.getMetadata().getUid().equals(spec.uid()));
  }

  private Read seen(LeaseFacts facts, Optional<Pod> pod) {
    var namespace = facts.lease().getMetadata().getNamespace();
    return new Read(
        pod,
        Optional.ofNullable(facts.request()),
        view.namespace(namespace),
        view.provider(facts.lease().getSpec().providerRef(), namespace),
        () -> rules(book.of(policies(), view.knownParams()), seen, view.breakGlassesIn(namespace)),
        view.approvalsIn(namespace));
  }

  private Read current(LeaseFacts facts, Optional<Pod> pod) {
    var namespace = facts.lease().getMetadata().getNamespace();
    var spec = facts.lease().getSpec();
    return new Read(
        pod,
        live.request(namespace, spec.requestRef().name()),
        live.namespace(namespace),
        live.provider(spec.providerRef(), namespace),
        () -> liveRules(namespace),
        live.approvals(namespace));
  }

  private List<CredentialPolicy> policies() {
    return view.policies().getStore().list();
  }

  private Inquiry.Rules liveRules(String namespace) {
    var current = live.policies();
    return rules(book.of(current, live.params()), around, live.breakGlasses(namespace));
  }

  private Inquiry.Rules rules(
      List<CompiledPolicy> policies, Surroundings surroundings, List<BreakGlass> breakGlasses) {
    return new Inquiry.Rules(decider, policies, surroundings, breakGlasses, longestBreakGlass);
  }

  private static Heard put(LeaseFacts facts, Read read, Instant counted, Question question) {
    var lease = facts.lease();
    var credential =
        read.request().stream()
            .flatMap(r -> r.getSpec().credentials().stream())
            .filter(c -> c.name().equals(lease.getSpec().credential()))
            .findFirst();
    if (read.pod().isEmpty()) {
      return new Heard.Refused(Reason.PodGone, "the pod is gone");
    }
    if (credential.isEmpty()) {
      return new Heard.Refused(
          Reason.RequestNotFound, "the request is gone, or does not ask for it any more");
    }
    if (read.namespace().isEmpty()) {
      return new Heard.Refused(Reason.RequestNotFound, "the namespace is gone");
    }
    if (read.provider().isEmpty()) {
      return new Heard.Refused(Reason.ProviderNotFound, "the provider is gone");
    }
    var request = read.request().orElseThrow();
    var pod = read.pod().get();
    var inquiry =
        new Inquiry(
            pod,
            read.namespace().get(),
            request,
            credential.get(),
            read.provider().get(),
            null,
            lease,
            facts.now());
    return switch (question.put(inquiry, read.rules())) {
      case Answer.Refused(var denial) -> new Heard.Refused(denial.reason(), denial.message());
      case Answer.Judged(var allowed, var told, var verdict, var open) ->
          new Heard.Judged(
              verdict.with(
                  ApprovalDecider.decide(
                      verdict.demands(),
                      read.approvals(),
                      new ApprovalDecider.Subject(
                          request, credential.get(), pod.getMetadata().getUid(), lease, counted))),
              told);
    };
  }
}
