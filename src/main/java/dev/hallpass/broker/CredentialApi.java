package dev.hallpass.broker;

import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.api.v1alpha1.CredentialLeaseSpec.PodRef;
import dev.hallpass.api.v1alpha1.CredentialRequest;
import dev.hallpass.api.v1alpha1.CredentialRequestSpec.RequestedCredential;
import dev.hallpass.api.v1alpha1.Delivery;
import dev.hallpass.delivery.FileWriter;
import dev.hallpass.kube.Events;
import dev.hallpass.lease.Claim;
import dev.hallpass.lease.LeaseIssuer;
import dev.hallpass.lease.LeaseStore;
import dev.hallpass.lease.RefusedException;
import dev.hallpass.policy.IssueDecider;
import dev.hallpass.policy.IssueDecision.Allow;
import dev.hallpass.policy.IssueDecision.Deny;
import dev.hallpass.provider.Drivers;
import dev.hallpass.provider.Targets;
import dev.hallpass.wire.Codec;
import dev.hallpass.wire.IssueAnswer;
import dev.hallpass.wire.LeaseAnswer;
import dev.hallpass.wire.Reason;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * The three calls of an agent: issue, acknowledge, renew. Each proves the pod, finds what it may
 * have and decides anew; nothing is taken over from an earlier call, and nothing leans on the
 * webhook.
 */
public final class CredentialApi {
  private final KubernetesClient client;
  private final TokenReviews reviews;
  private final Targets targets;
  private final Drivers drivers;
  private final LeaseStore leases;
  private final LeaseIssuer issuer;
  private final Events events;
  private final Supplier<String> trustBundle;

  CredentialApi(
      KubernetesClient client,
      TokenReviews reviews,
      Targets targets,
      Drivers drivers,
      LeaseStore leases,
      LeaseIssuer issuer,
      Events events,
      Supplier<String> trustBundle) {
    this.client = client;
    this.reviews = reviews;
    this.targets = targets;
    this.drivers = drivers;
    this.leases = leases;
    this.issuer = issuer;
    this.events = events;
    this.trustBundle = trustBundle;
  }

  byte[] issue(Call call) {
    var asked = Codec.issueRequest(call.body().getBytes());
    var pod = prove(call);
    try {
      var claim = claim(pod, request(pod, asked.request()), asked.credential());
      var issued = issuer.issue(claim);
      events.say(
          Events.about(pod),
          Events.Type.Normal,
          Reason.Issued,
          "Credential %s of request %s".formatted(asked.credential(), asked.request()));
      return Codec.encode(
          new IssueAnswer(
              issued.lease(),
              issued.epoch(),
              FileWriter.render(claim.credential().delivery(), issued.material()),
              trustBundle.get()));
    } catch (RefusedException e) {
      if (HttpStatus.isFinal(e.reason())) {
        events.say(Events.about(pod), Events.Type.Warning, e.reason(), e.detail());
      }
      throw e;
    }
  }

  byte[] acknowledge(Call call) {
    var asked = Codec.leaseCall(call.body().getBytes());
    var pod = prove(call);
    var lease = lease(pod, asked.lease());
    return answer(issuer.acknowledge(claim(pod, lease), lease, asked.epoch()));
  }

  byte[] renew(Call call) {
    var asked = Codec.leaseCall(call.body().getBytes());
    var pod = prove(call);
    var lease = lease(pod, asked.lease());
    return answer(issuer.renew(claim(pod, lease), lease, asked.epoch()));
  }

  private byte[] answer(LeaseIssuer.Usable usable) {
    return Codec.encode(
        new LeaseAnswer(usable.lease(), usable.expiresAt(), usable.renewable(), trustBundle.get()));
  }

  private Pod prove(Call call) {
    if (call.token() == null) {
      throw new RefusedException(Reason.TokenMissing, "the call carries no bearer token");
    }
    var token = reviews.review(call.token());
    var pod = client.pods().inNamespace(token.namespace()).withName(token.pod()).get();
    return PodProof.judge(token, pod, call.address());
  }

  private CredentialRequest request(Pod pod, String name) {
    var request =
        client
            .resources(CredentialRequest.class)
            .inNamespace(pod.getMetadata().getNamespace())
            .withName(name)
            .get();
    if (request == null || request.isMarkedForDeletion()) {
      throw new RefusedException(
          Reason.RequestNotFound, "there is no CredentialRequest %s".formatted(name));
    }
    return request;
  }

  /** A lease of another pod is not told from one that does not exist. */
  private CredentialLease lease(Pod pod, String name) {
    return leases
        .get(pod.getMetadata().getNamespace(), name)
        .filter(l -> l.getSpec().pod().uid().equals(pod.getMetadata().getUid()))
        .orElseThrow(
            () ->
                new RefusedException(
                    Reason.LeaseNotFound, "the pod has no lease %s".formatted(name)));
  }

  private Claim claim(Pod pod, CredentialLease lease) {
    var spec = lease.getSpec();
    var request = request(pod, spec.requestRef().name());
    if (!request.getMetadata().getUid().equals(spec.requestRef().uid())) {
      throw new RefusedException(Reason.LeaseEnded, "the request of the lease was deleted");
    }
    var claim = claim(pod, request, spec.credential());
    if (!claim.credential().access().equals(spec.access())
        || !claim.credential().providerRef().equals(spec.providerRef())) {
      throw new RefusedException(Reason.LeaseEnded, "the request asks for something else now");
    }
    return claim;
  }

  private Claim claim(Pod pod, CredentialRequest request, String name) {
    var spec = request.getSpec();
    if (!spec.workload().serviceAccountName().equals(pod.getSpec().getServiceAccountName())
        || !spec.workload().selector().matches(pod.getMetadata().getLabels())) {
      throw new RefusedException(
          Reason.NotSelected,
          "spec.workload of CredentialRequest %s does not select pod %s"
              .formatted(request.getMetadata().getName(), pod.getMetadata().getName()));
    }
    var credential =
        spec.credentials().stream()
            .filter(c -> c.name().equals(name))
            .findFirst()
            .orElseThrow(
                () ->
                    new RefusedException(
                        Reason.CredentialNotFound,
                        "CredentialRequest %s has no credential %s"
                            .formatted(request.getMetadata().getName(), name)));
    return decide(pod, request, credential);
  }

  private Claim decide(Pod pod, CredentialRequest request, RequestedCredential credential) {
    var namespace = pod.getMetadata().getNamespace();
    var provider =
        targets.provider(credential.providerRef(), namespace).filter(p -> !p.isMarkedForDeletion());
    var formats =
        provider.map(p -> drivers.of(p.getSpec()).formats()).orElse(Set.<Delivery.Format>of());
    var decision =
        IssueDecider.decide(
            new IssueDecider.Input(
                credential,
                namespace,
                namespaceLabels(namespace),
                provider.map(p -> p.getSpec()).orElse(null),
                formats));
    return switch (decision) {
      case Allow allow ->
          new Claim(
              new PodRef(
                  pod.getMetadata().getName(),
                  pod.getMetadata().getUid(),
                  pod.getSpec().getServiceAccountName(),
                  pod.getSpec().getNodeName()),
              request,
              credential,
              targets.target(provider.orElseThrow()),
              allow);
      case Deny(var reason, var message) ->
          throw new RefusedException(
              reason,
              "CredentialRequest %s: %s".formatted(request.getMetadata().getName(), message));
    };
  }

  private Map<String, String> namespaceLabels(String name) {
    var namespace = client.namespaces().withName(name).get();
    var labels = namespace == null ? null : namespace.getMetadata().getLabels();
    return labels == null ? Map.of() : labels;
  }
}
