package dev.hallpass.wire;

/**
 * One stable code per outcome: the same word in conditions, Events, HTTP answers, metrics and logs.
 *
 * <p>{@code docs/reference/reasons.md} is generated from this list.
 */
public enum Reason {
  // The request and its provider
  Ready("Every credential of the request could be issued now."),
  ProviderNotFound(
      "The provider does not exist. Create it, or correct spec.credentials.providerRef."),
  ProviderNotReady(
      "The provider cannot be reached or misses a privilege; see its Ready condition."),
  NamespaceNotAllowed(
      "The provider does not allow this namespace. Its owner can add it to"
          + " spec.allowedNamespaces."),
  AccessLevelUnknown("The provider offers no such access level. Correct spec.credentials.access."),
  TtlAboveCap("The ttl is above the level's maxTtl. Ask for less, or let the cap be raised."),
  FormatUnsupported("This target has no such file format. Correct delivery.files.format."),
  PodsInjected("Every live pod that the request selects was injected at its creation."),
  PodsNotInjected(
      "Live pods that the request selects were created without injection. Label the namespace"
          + " hallpass.dev/injection=enabled, and create them anew."),

  // Admission
  PathCollision("Two requests deliver a file to the same path of the same pod."),
  ServiceAccountMismatch(
      "The request selects the pod's labels, but the pod runs as another service account."),
  ContainerUnknown("delivery.containers names a container that the pod does not have."),
  ContainersDiffer(
      "The pod's credentials name different containers. Name the same in each delivery.containers."),
  NameTaken("The pod already has a container, volume, mount or port that Hallpass needs to add."),
  HostNetworkUnsupported("A pod in the node's network cannot prove its address."),
  WindowsUnsupported("The agent has no Windows build."),
  NotReady("Hallpass is starting, and cannot decide yet. Try again."),

  // The proof of identity
  TokenMissing("The call carries no bearer token."),
  TokenInvalid("The API server does not accept the token for this audience."),
  TokenNotPodBound("The token is not bound to a pod."),
  PodGone("The token's pod no longer exists under that UID."),
  PodTerminating("The pod is being deleted; nothing new is issued to it."),
  PodEnded("The pod has completed or failed; nothing new is issued to it."),
  PodAddressUnknown("The pod has no address yet. The agent tries again."),
  AddressMismatch("The call does not come from the address of the token's pod."),
  RequestNotFound("There is no such CredentialRequest in the pod's namespace."),
  CredentialNotFound("The CredentialRequest has no credential of that name."),
  NotSelected("The CredentialRequest does not select the calling pod."),
  Overloaded("More calls wait for their proof than the broker takes. The agent tries again."),

  // The lease
  Issued("Secret material was issued to the pod."),
  Activated("The pod confirmed delivery, and the account was enabled."),
  Renewed("The credential's validity was extended."),
  LeaseNotFound("There is no such lease of the calling pod."),
  LeaseEnded("The lease has ended. The agent asks for a new one."),
  LeaseBusy("Another call is changing the lease. The agent tries again."),
  Superseded("Newer secret material was issued under this lease."),
  LifetimeOver("The lease has reached the level's maxLifetime."),
  Revoking("Access is being withdrawn."),
  Revoked("The account was verified gone at the target."),
  RevocationFailed("The target did not confirm the revocation. It is tried again."),
  OrphanRemoved("An account that no lease names was removed from the target."),

  // The target and the platform
  TargetUnreachable("The target does not answer."),
  TargetRefused("The target refused the operation."),
  AdminSecretUnavailable("The provider's admin Secret is missing, forbidden or incomplete."),
  ApiServerUnavailable("The Kubernetes API server does not answer."),
  BrokerUnreachable("The agent cannot reach the broker."),
  DeliveryFailed("The agent cannot write the files into the pod's volume."),
  BadRequest("The call is malformed."),
  InternalError("An error that Hallpass did not expect; its log has the details.");

  private final String meaning;

  Reason(String meaning) {
    this.meaning = meaning;
  }

  /** What it means, and where one can do something about it, what. */
  public String meaning() {
    return meaning;
  }
}
