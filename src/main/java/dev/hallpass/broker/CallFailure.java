package dev.hallpass.broker;

import dev.hallpass.audit.AuditUnavailableException;
import dev.hallpass.lease.RefusedException;
import dev.hallpass.provider.TargetException;
import dev.hallpass.wire.MalformedMessageException;
import dev.hallpass.wire.Reason;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.Objects;

/**
 * Why a call failed, as its caller and the trail are told.
 *
 * @param detail says nothing of an error that was not expected: its message may quote anything
 */
record CallFailure(Reason reason, String detail) {

  static CallFailure of(RuntimeException e) {
    return switch (e) {
      case RefusedException r -> new CallFailure(r.reason(), r.detail());
      case TargetException t -> new CallFailure(t.reason(), message(t));
      case AuditUnavailableException a -> new CallFailure(Reason.AuditUnavailable, message(a));
      case MalformedMessageException m -> new CallFailure(Reason.BadRequest, message(m));
      case KubernetesClientException k ->
          new CallFailure(
              Reason.ApiServerUnavailable,
              "the API server answered with HTTP status " + k.getCode());
      default -> new CallFailure(Reason.InternalError, Reason.InternalError.meaning());
    };
  }

  private static String message(RuntimeException e) {
    return Objects.requireNonNullElse(e.getMessage(), e.getClass().getSimpleName());
  }
}
