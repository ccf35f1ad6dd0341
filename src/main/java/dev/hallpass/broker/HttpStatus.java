package dev.hallpass.broker;

import dev.hallpass.wire.Reason;
import java.time.Duration;
import java.util.Optional;

/** What each reason means to a caller in HTTP (RFC 9110, 15). */
final class HttpStatus {
  private static final Duration SOON = Duration.ofSeconds(1);
  private static final Duration LATER = Duration.ofSeconds(5);

  private HttpStatus() {}

  static int of(Reason reason) {
    return switch (reason) {
      case BadRequest -> 400;
      case TokenMissing, TokenInvalid, TokenNotPodBound -> 401;
      case ProviderNotFound,
          NamespaceNotAllowed,
          AccessLevelUnknown,
          TtlAboveCap,
          FormatUnsupported,
          HostNetworkUnsupported,
          PodGone,
          PodTerminating,
          PodEnded,
          AddressMismatch,
          NotSelected ->
          403;
      case RequestNotFound, CredentialNotFound, LeaseNotFound -> 404;
      case PodAddressUnknown, LeaseBusy, Superseded -> 409;
      case LeaseEnded, LifetimeOver -> 410;
      case NotReady,
          Overloaded,
          ProviderNotReady,
          TargetUnreachable,
          TargetRefused,
          AdminSecretUnavailable,
          ApiServerUnavailable ->
          503;
      case InternalError -> 500;
      // Words of conditions, Events, admission and the agent: a call that fails with one is a bug.
      case Ready,
          PodsInjected,
          PodsNotInjected,
          PathCollision,
          ServiceAccountMismatch,
          ContainerUnknown,
          ContainersDiffer,
          NameTaken,
          WindowsUnsupported,
          Issued,
          Activated,
          Renewed,
          Revoking,
          Revoked,
          RevocationFailed,
          OrphanRemoved,
          BrokerUnreachable,
          DeliveryFailed ->
          500;
    };
  }

  /** Whether it stays so until somebody changes something. */
  static boolean isFinal(Reason reason) {
    return of(reason) == 403 || of(reason) == 404;
  }

  /** How long a caller should wait before it tries again, where that is worth it. */
  static Optional<Duration> retryAfter(Reason reason) {
    return switch (of(reason)) {
      case 409 -> reason == Reason.Superseded ? Optional.empty() : Optional.of(SOON);
      case 503 -> Optional.of(LATER);
      default -> Optional.empty();
    };
  }
}
