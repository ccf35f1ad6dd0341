package dev.hallpass.broker;

import dev.hallpass.wire.Reason;

/** The HTTP status (RFC 9110, 15) of each reason. */
final class HttpStatus {
  private HttpStatus() {}

  static int of(Reason reason) {
    return switch (reason) {
      case BadRequest -> 400;
      case TokenMissing, TokenInvalid, TokenNotPodBound -> 401;
      case RequestNotFound, CredentialNotFound, LeaseNotFound -> 404;
      case LeaseBusy, Superseded, PodAddressUnknown -> 409;
      case LeaseEnded, LifetimeOver -> 410;
      case NotReady,
          TargetUnreachable,
          TargetRefused,
          AdminSecretUnavailable,
          ApiServerUnavailable,
          ProviderNotReady ->
          503;
      case InternalError -> 500;
      default -> 403;
    };
  }

  /** Whether it stays so until somebody changes something. */
  static boolean isFinal(Reason reason) {
    return of(reason) == 403 || of(reason) == 404;
  }
}
