package dev.hallpass.api.v1alpha1;

/** Why a lease ended, spelt as in {@code status.endedBy}. */
public enum EndedBy {
  /** All containers of the pod ended. */
  PodCompleted,
  /** The pod was deleted, evicted or force-deleted. */
  PodDeleted,
  /** The pod's node was unreachable, or gone, beyond the grace time. */
  NodeLost,
  /** The ttl ran out without a renewal. */
  Expired,
  /** A fresh lease took its place, and the time that both were valid is over. */
  Superseded,
  /** The request was deleted. */
  RequestDeleted,
  /** The request no longer grants this credential to this pod. */
  RequestChanged,
  /** The provider no longer offers this level to this namespace. */
  ProviderChanged,
  /** A policy that was made or changed meanwhile does not allow it. */
  PolicyWithdrawn,
  /** Somebody who may approve it said no. */
  ApprovalDenied,
  /** Nobody said yes, or too few, before the time was over. */
  ApprovalTimedOut,
  /** The break-glass that it was issued under is over, or was deleted. */
  BreakGlassEnded,
  /** The pod's service account was deleted. */
  ServiceAccountDeleted,
  /** Someone deleted the lease, or asked for its end by the annotation hallpass.dev/revoke. */
  Requested,
  /** The pod never confirmed that it received the credential. */
  Unacknowledged
}
