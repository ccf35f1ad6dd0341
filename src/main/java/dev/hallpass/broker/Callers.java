package dev.hallpass.broker;

import dev.hallpass.audit.AuditEvent;
import dev.hallpass.audit.AuditEvent.Operation;
import dev.hallpass.audit.AuditLog;
import dev.hallpass.broker.Proof.Accepted;
import dev.hallpass.broker.Proof.Refused;
import dev.hallpass.kube.Events;
import dev.hallpass.kube.LogKeys;
import dev.hallpass.lease.RefusedException;
import dev.hallpass.wire.Reason;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import org.jboss.logging.MDC;
import org.jspecify.annotations.Nullable;

/** Finds the pod behind a call, by its token and by what the API server says of it now. */
final class Callers {
  private final KubernetesClient client;
  private final TokenReviews reviews;
  private final Events events;
  private final AddressWait addresses = new AddressWait();
  private final AuditLog audit;
  private final Repetitions repetitions;

  Callers(
      KubernetesClient client,
      TokenReviews reviews,
      Events events,
      AuditLog audit,
      Repetitions repetitions) {
    this.audit = audit;
    this.repetitions = repetitions;
    this.client = client;
    this.reviews = reviews;
    this.events = events;
  }

  /**
   * The pod that calls.
   *
   * @param operation what it calls for
   * @throws RefusedException where that is not proven
   */
  Pod prove(Call call, Operation operation) {
    if (call.token() == null) {
      throw new RefusedException(Reason.TokenMissing, "the call carries no bearer token");
    }
    var token = reviews.review(call.token(), call.address());
    MDC.put(LogKeys.NAMESPACE, token.namespace());
    MDC.put(LogKeys.POD, token.pod());
    return switch (addresses.known(
        token.podUid(), () -> PodProof.judge(token, pod(token), call.address()))) {
      case Accepted(var proven) -> proven;
      case Refused(var reason, var detail) -> {
        if (concernsItsOwner(reason)) {
          events.say(token.reference(), Events.Type.Warning, reason, detail);
        }
        if (reason != Reason.PodAddressUnknown && isNews(token, call, operation, detail)) {
          audit.note(
              new AuditEvent.Refused(
                  token.namespace(), token.pod(), call.address(), operation, null, reason, detail),
              call.trace());
        }
        throw new RefusedException(reason, detail);
      }
    };
  }

  private boolean isNews(PodToken token, Call call, Operation operation, String detail) {
    return repetitions.isNews(
        Repetitions.About.PROOF,
        token.podUid(),
        String.join("\n", call.address(), operation.name(), detail));
  }

  private @Nullable Pod pod(PodToken token) {
    return client.pods().inNamespace(token.namespace()).withName(token.pod()).get();
  }

  /** Somebody else may have the pod's token; or the pod can never be served. */
  private static boolean concernsItsOwner(Reason reason) {
    return reason == Reason.AddressMismatch || reason == Reason.HostNetworkUnsupported;
  }
}
