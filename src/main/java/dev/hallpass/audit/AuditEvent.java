package dev.hallpass.audit;

import dev.hallpass.api.v1alpha1.EndedBy;
import dev.hallpass.wire.Reason;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Something that a trail tells of. Its components become the record's {@code data} under their
 * names, null ones left out; none may hold a secret. {@code docs/audit.md} lists them.
 */
public sealed interface AuditEvent {

  /** About what a pod holds or asks for. */
  sealed interface AboutHeld extends AuditEvent {
    /** That. */
    Held held();
  }

  /** The last part of the record's type, e.g. {@code credential.issued}. */
  default String kind() {
    return switch (this) {
      case Decided decided -> "credential.decided";
      case Refused refused -> "call.refused";
      case Issued issued -> "credential.issued";
      case Delivered delivered -> "credential.delivered";
      case Renewed renewed -> "credential.renewed";
      case Rotated rotated -> "credential.rotated";
      case LeaseDenied denied -> "lease.denied";
      case RevocationBegun begun -> "revocation.begun";
      case RevocationVerified verified -> "revocation.verified";
      case RevocationFailed failed -> "revocation.failed";
      case OrphanRemoved removed -> "orphan.removed";
      case Approval approval ->
          switch (approval.verdict()) {
            case Approve -> "approval.given";
            case Deny -> "approval.denied";
          };
      case BreakGlassStep step ->
          switch (step.stage()) {
            case Opened -> "breakglass.opened";
            case Ended -> "breakglass.ended";
            case Reviewed -> "breakglass.reviewed";
          };
      case PolicyChanged changed -> "policy.changed";
      case ProviderChanged changed -> "provider.changed";
    };
  }

  /** What the record is filed under, e.g. {@code shop/leases/orders-db-x7f2k-1}. */
  default String subject() {
    return switch (this) {
      case AboutHeld about -> about.held().subject();
      case Refused refused -> "%s/pods/%s".formatted(refused.namespace(), refused.pod());
      case OrphanRemoved removed -> "providers/" + removed.provider();
      case BreakGlassStep step -> "%s/breakglasses/%s".formatted(step.namespace(), step.name());
      case PolicyChanged changed -> "policies/" + changed.name();
      case ProviderChanged changed -> "providers/" + changed.provider();
    };
  }

  /** What a decision was about. */
  enum Operation {
    Issue,
    Acknowledge,
    Renew,
    Extend,
    /** Whether a lease stands: an agent asks, or policies are asked that end it. */
    Review
  }

  /** What was decided. */
  enum Outcome {
    Allowed,
    Denied,
    /** For an approval. */
    Waiting
  }

  /**
   * A policy that was asked.
   *
   * @param name the CredentialPolicy's
   * @param generation of it
   * @param enforcement {@code Enforce} or {@code Audit}
   * @param denials its reasons against, each with its message; empty where it allows
   * @param params what it was given as parameters; null where it names none
   */
  record Consulted(
      String name,
      long generation,
      String enforcement,
      List<String> denials,
      @Nullable Given params) {}

  /**
   * What a policy was given as {@code params}.
   *
   * @param object e.g. {@code ConfigMap windows}, or {@code Window a in namespace shop}
   * @param uid the object's; null where it is not there, or cannot be read
   * @param generation a custom resource's; a ConfigMap has none
   * @param resourceVersion the object's, as it was seen; null where it is not there, or cannot be
   *     read
   * @param digest SHA-256 of the ConfigMap's data, or of the custom resource as expressions see it,
   *     in hex; null where it is not there, or cannot be read
   */
  record Given(
      String object,
      @Nullable String uid,
      @Nullable Long generation,
      @Nullable String resourceVersion,
      @Nullable String digest) {

    /** An object that is not there, or cannot be read. */
    public static Given nothing(String object) {
      return new Given(object, null, null, null, null);
    }
  }

  /**
   * A decision about a credential.
   *
   * @param policies all that matched, each with its own parameters
   * @param inputs SHA-256 of what all of them were shown alike, in hex; null where none was asked.
   *     What expressions look up themselves is not in it: the node, owners, other leases
   * @param ttl within this limit, where it is allowed
   * @param maxLifetime within this limit, where it is allowed
   * @param breakGlass the BreakGlass that policies gave way to; null where none had to
   */
  record Decided(
      Held held,
      Operation operation,
      Outcome outcome,
      @Nullable Reason reason,
      String message,
      List<Consulted> policies,
      @Nullable String inputs,
      @Nullable String ttl,
      @Nullable String maxLifetime,
      @Nullable BreakGlassId breakGlass)
      implements AboutHeld {}

  /**
   * A BreakGlass.
   *
   * @param name in the namespace
   * @param uid by which it is told from another of its name
   */
  record BreakGlassId(String name, String uid) {}

  /**
   * A call of a proven pod, or with a token that the API server accepts, that was refused before
   * there was anything to decide.
   *
   * @param pod its name, by the token
   * @param address where the call came from
   * @param asked the object that it named; null where it names none
   */
  record Refused(
      String namespace,
      String pod,
      String address,
      Operation operation,
      @Nullable String asked,
      Reason reason,
      String message)
      implements AuditEvent {}

  /**
   * Secret material left for the pod.
   *
   * @param epoch which issue under the lease
   * @param ttl how long it is good for once it is confirmed
   */
  record Issued(Held held, long epoch, String ttl) implements AboutHeld {}

  /** The pod confirmed that it holds the material, which works from now on. */
  record Delivered(Held held, long epoch, Instant expiresAt) implements AboutHeld {}

  /** The validity was extended. */
  record Renewed(Held held, long epoch, Instant expiresAt) implements AboutHeld {}

  /**
   * A fresh lease takes the place of another.
   *
   * @param replaces the other's name
   * @param overlap how long both are valid, e.g. {@code 120s}
   */
  record Rotated(Held held, String replaces, String overlap) implements AboutHeld {}

  /** A lease that waited for approval ends, and nothing was minted under it. */
  record LeaseDenied(Held held, EndedBy endedBy, String message) implements AboutHeld {}

  /** A lease ends. */
  record RevocationBegun(Held held, EndedBy endedBy, String message) implements AboutHeld {}

  /**
   * Nothing of the lease is left at the target, which was looked at.
   *
   * @param endedAt when the end was written down
   * @param found what the target was found to be like
   */
  record RevocationVerified(Held held, @Nullable EndedBy endedBy, String endedAt, String found)
      implements AboutHeld {}

  /** The target did not confirm; it is tried again. */
  record RevocationFailed(Held held, Reason reason, String message) implements AboutHeld {}

  /**
   * An account that no lease names was removed.
   *
   * @param provider where, e.g. {@code shop/orders-postgres}
   * @param account its name there
   */
  record OrphanRemoved(String provider, String account) implements AuditEvent {}

  /** A yes or no to something that waits for it. */
  enum Verdict {
    Approve,
    Deny
  }

  /**
   * An approver's yes or no.
   *
   * @param held the lease that was asked for, whatever else it is for
   * @param approval the CredentialApproval's name
   * @param uid the CredentialApproval's: records of one UID tell of one yes or no
   * @param approver the user, as admission stamped it
   * @param groups the user's, as stamped
   * @param policies that it counts for, as stamped
   * @param scope {@code Lease} or {@code Workload}
   * @param at when, as stamped
   * @param until it holds, as stamped
   * @param comment as the approver put it; null where they gave none
   */
  record Approval(
      Held held,
      String approval,
      String uid,
      Verdict verdict,
      String approver,
      List<String> groups,
      List<String> policies,
      String scope,
      String at,
      String until,
      @Nullable String comment)
      implements AboutHeld {}

  /** Where a BreakGlass has got to. */
  enum Stage {
    Opened,
    Ended,
    Reviewed
  }

  /**
   * A step in the life of a BreakGlass.
   *
   * @param name the BreakGlass's
   * @param by who opened or reviewed it, as admission stamped it; null where time ended it
   * @param justification why it was opened, or what the review found
   * @param incident the reference that was given
   * @param until when it ends, or ended
   */
  record BreakGlassStep(
      String namespace,
      String name,
      String uid,
      Stage stage,
      @Nullable String by,
      String justification,
      @Nullable String incident,
      @Nullable Instant until)
      implements AuditEvent {}

  /** What became of a policy or a provider. */
  enum Change {
    /** It was there when this controller took over. */
    Found,
    Created,
    Changed,
    Deleted
  }

  /**
   * A CredentialPolicy, and from when it holds.
   *
   * @param digest SHA-256 of its spec in hex; who wrote it is in the API server's own audit log
   */
  record PolicyChanged(String name, String uid, long generation, Change change, String digest)
      implements AuditEvent {}

  /**
   * A provider, and from when it offers what.
   *
   * @param provider e.g. {@code shop/orders-postgres}; without a namespace that of the cluster
   * @param digest see {@link PolicyChanged}
   */
  record ProviderChanged(String provider, String uid, long generation, Change change, String digest)
      implements AuditEvent {}
}
