package dev.hallpass.reconcile.request;

import dev.hallpass.api.v1alpha1.CredentialRequest;
import dev.hallpass.api.v1alpha1.CredentialRequestSpec.RequestedCredential;
import dev.hallpass.lease.Inquiry;
import dev.hallpass.lease.Inquiry.Answer;
import dev.hallpass.lease.LiveSurroundings;
import dev.hallpass.policy.Denial;
import dev.hallpass.policy.PolicyBook;
import dev.hallpass.policy.PolicyDecider;
import dev.hallpass.policy.Surroundings;
import dev.hallpass.reconcile.view.ClusterView;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What policies would say now to a pod that has no credential. It decides nothing: it is for people
 * to read in a status.
 */
public final class PolicyWord {
  private final ClusterView view;
  private final KubernetesClient client;
  private final PolicyDecider decider;
  private final Duration longestBreakGlass;
  private final Surroundings around;
  private final Clock clock;
  private final PolicyBook book = new PolicyBook();

  /** Asks the policies in this view. */
  public PolicyWord(
      ClusterView view,
      KubernetesClient client,
      PolicyDecider decider,
      Duration longestBreakGlass,
      Clock clock) {
    this.view = view;
    this.client = client;
    this.decider = decider;
    this.longestBreakGlass = longestBreakGlass;
    this.around = new LiveSurroundings(client);
    this.clock = clock;
  }

  /** What they object to; empty where nothing, or the pod is gone. */
  Optional<String> against(
      CredentialRequest request, Pod seen, List<RequestedCredential> credentials) {
    var policies = view.policies().getStore().list();
    if (policies.isEmpty() && decider.allowsUnmatched()) {
      return Optional.empty();
    }
    var name = seen.getMetadata().getNamespace();
    // The one that was seen is cut down.
    var pod =
        Optional.ofNullable(
                client.pods().inNamespace(name).withName(seen.getMetadata().getName()).get())
            .filter(p -> p.getMetadata().getUid().equals(seen.getMetadata().getUid()));
    var namespace = view.namespace(name);
    return pod.isEmpty() || namespace.isEmpty()
        ? Optional.empty()
        : credentials.stream()
            .flatMap(c -> against(request, pod.get(), namespace.get(), c).stream())
            .findFirst();
  }

  private Optional<String> against(
      CredentialRequest request, Pod pod, Namespace namespace, RequestedCredential credential) {
    var name = namespace.getMetadata().getName();
    var provider = view.provider(credential.providerRef(), name);
    if (provider.isEmpty()) {
      return Optional.empty();
    }
    var inquiry =
        new Inquiry(
            pod, namespace, request, credential, provider.get(), null, null, clock.instant());
    return switch (inquiry.put(() -> rules(name))) {
      case Answer.Refused refused -> Optional.empty();
      case Answer.Judged judged when judged.verdict().allows() -> Optional.empty();
      case Answer.Judged judged ->
          Optional.of(
              "spec.credentials[%s]: %s"
                  .formatted(credential.name(), Denial.sentence(judged.verdict().denials())));
    };
  }

  private Inquiry.Rules rules(String namespace) {
    return new Inquiry.Rules(
        decider,
        book.of(view.policies().getStore().list(), view.knownParams()),
        around,
        view.breakGlassesIn(namespace),
        longestBreakGlass);
  }
}
