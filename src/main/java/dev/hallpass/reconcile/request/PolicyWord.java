package dev.hallpass.reconcile.request;

import dev.hallpass.api.v1alpha1.CredentialRequest;
import dev.hallpass.api.v1alpha1.CredentialRequestSpec.RequestedCredential;
import dev.hallpass.lease.LiveSurroundings;
import dev.hallpass.policy.Denial;
import dev.hallpass.policy.IssueDecider;
import dev.hallpass.policy.IssueDecision;
import dev.hallpass.policy.OpenBreakGlass;
import dev.hallpass.policy.PolicyBook;
import dev.hallpass.policy.PolicyDecider;
import dev.hallpass.policy.PolicyFacts;
import dev.hallpass.policy.Surroundings;
import dev.hallpass.reconcile.view.ClusterView;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

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
    var decision =
        IssueDecider.decide(
            new IssueDecider.Input(
                credential,
                name,
                orEmpty(namespace.getMetadata().getLabels()),
                provider.get().getSpec(),
                null));
    return switch (decision) {
      case IssueDecision.Deny deny -> Optional.empty();
      case IssueDecision.Allow allow -> {
        var now = clock.instant();
        var verdict =
            decider.decide(
                book.of(view.policies().getStore().list(), view.knownParams()),
                PolicyFacts.of(
                    pod, namespace, request, credential, provider.get(), allow, now, null, around),
                allow,
                OpenBreakGlass.find(
                    view.breakGlassesIn(name),
                    pod,
                    request,
                    credential.name(),
                    longestBreakGlass,
                    now));
        yield verdict.allows()
            ? Optional.empty()
            : Optional.of(
                "spec.credentials[%s]: %s"
                    .formatted(credential.name(), Denial.sentence(verdict.denials())));
      }
    };
  }

  private static Map<String, String> orEmpty(@Nullable Map<String, String> map) {
    return map == null ? Map.of() : map;
  }
}
