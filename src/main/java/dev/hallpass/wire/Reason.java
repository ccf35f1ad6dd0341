package dev.hallpass.wire;

/**
 * One stable code per outcome: the same word in conditions, Events, HTTP answers, metrics and logs.
 *
 * <p>{@code docs/reference/reasons.md} is generated from this list.
 */
public enum Reason {
  // The request and its provider
  Ready(Kind.REPORT, "Every credential of the request could be issued now."),
  ProviderNotFound(
      Kind.REFUSED,
      "The provider does not exist. Create it, or correct spec.credentials.providerRef."),
  ProviderNotReady(
      Kind.UNAVAILABLE,
      "The provider cannot be reached or misses a privilege; see its Ready condition."),
  NamespaceNotAllowed(
      Kind.REFUSED,
      "The provider does not allow this namespace. Its owner can add it to"
          + " spec.allowedNamespaces."),
  AccessLevelUnknown(
      Kind.REFUSED, "The provider offers no such access level. Correct spec.credentials.access."),
  TtlAboveCap(
      Kind.REFUSED, "The ttl is above the level's maxTtl. Ask for less, or let the cap be raised."),
  TemplateInvalid(
      Kind.REFUSED,
      "A template has a mistake, names a field that the credential does not have, or grows too"
          + " large. Correct delivery.files.template."),
  FormatUnsupported(
      Kind.REFUSED, "This target has no such file format. Correct delivery.files.format."),
  PodsInjected(
      Kind.REPORT, "Every live pod that the request selects was injected at its creation."),
  PodsNotInjected(
      Kind.REPORT,
      "Live pods that the request selects were created without injection. Label the namespace"
          + " hallpass.dev/injection=enabled, and create them anew."),
  InjectionDisabled(
      Kind.REPORT,
      "The namespace lacks the label hallpass.dev/injection=enabled, so that pods would be created"
          + " without the agent. Add it before there are pods."),
  PodsServed(Kind.REPORT, "Every live pod that the request selects has its credentials."),
  PodsWaiting(Kind.REPORT, "Agents start, or have asked for a credential less than a minute ago."),
  PodsFailing(
      Kind.REPORT,
      "Pods have been without a credential for over a minute, and the agent's log says why."),
  AgentNotRunning(
      Kind.REPORT, "The agent's container does not run; the message has kubelet's reason."),
  NoPods(
      Kind.REPORT,
      "No live pod is selected. Correct spec.workload or the pods' labels; where pods were refused,"
          + " the Events of their ReplicaSet or Job say why."),

  // Admission
  PathCollision(
      Kind.REFUSED, "Two credentials deliver a file to the same path of the same container."),
  ServiceAccountMismatch(
      Kind.REFUSED,
      "The request selects the pod's labels, but the pod runs as another service account."),
  ServiceAccountNotFound(
      Kind.REFUSED,
      "The request's namespace has no service account of that name. Create it, or correct"
          + " spec.workload.serviceAccountName."),
  ContainerUnknown(
      Kind.REFUSED, "delivery.containers names a container that the pod does not have."),
  CredentialOutlived(
      Kind.REFUSED,
      "The pod never ends by itself, and would outlive an Init credential whose end nobody can"
          + " move. Set delivery.mode: Sidecar."),
  ProcessNamespaceNotShared(
      Kind.REFUSED,
      "delivery.notify.signal needs shareProcessNamespace: true in the pod. Set it, or notify by"
          + " http."),
  SignalNotPermitted(
      Kind.REFUSED,
      "The agent finds and signals processes of its own user and group only. Set the same runAsUser"
          + " and runAsGroup for all containers that see the files and for the one to signal, or"
          + " notify by http."),
  FileUnreadable(
      Kind.REFUSED,
      "delivery.files.mode keeps a container that is to see the file from reading it. Leave it out,"
          + " or set one runAsUser for all containers that see the file."),
  NameTaken(
      Kind.REFUSED,
      "The pod already has a container, volume or mount of the name or path that Hallpass needs."),
  HostNetworkUnsupported(Kind.REFUSED, "A pod in the node's network cannot prove its address."),
  WindowsUnsupported(Kind.REFUSED, "The agent has no Windows build."),
  NotReady(Kind.UNAVAILABLE, "Hallpass is starting, and cannot decide yet. Try again."),

  // The proof of identity
  TokenMissing(Kind.UNPROVEN, "The call carries no bearer token."),
  TokenInvalid(Kind.UNPROVEN, "The API server does not accept the token for this audience."),
  TokenNotPodBound(Kind.UNPROVEN, "The token is not bound to a pod."),
  PodGone(Kind.REFUSED, "The token's pod no longer exists under that UID."),
  PodTerminating(Kind.REFUSED, "The pod is being deleted; nothing new is issued to it."),
  PodEnded(Kind.REFUSED, "The pod has completed or failed; nothing new is issued to it."),
  PodAddressUnknown(Kind.BUSY, "The pod has no address yet. The agent tries again."),
  AddressMismatch(Kind.REFUSED, "The call does not come from the address of the token's pod."),
  RequestNotFound(Kind.ABSENT, "There is no such CredentialRequest in the pod's namespace."),
  CredentialNotFound(Kind.ABSENT, "The CredentialRequest has no credential of that name."),
  NotSelected(Kind.REFUSED, "The CredentialRequest does not select the calling pod."),
  KeyRequired(
      Kind.BUSY,
      "The credential is a certificate: the agent makes a key pair and asks again with its proof."),
  CsrInvalid(
      Kind.MALFORMED, "The certificate request cannot be read, or its signature is not its key's."),
  DnsNameNotAllowed(
      Kind.REFUSED,
      "The access level does not allow the DNS name. Correct spec.credentials.x509.dnsNames, or let"
          + " the level allow it."),
  KeyAlgorithmNotAllowed(
      Kind.REFUSED,
      "The access level does not allow the key algorithm. Correct"
          + " spec.credentials.x509.keyAlgorithm."),
  ParametersUnsupported(
      Kind.REFUSED, "The credential has parameters that its provider has no use for. Remove them."),
  RevocationAsked(
      Kind.REFUSED,
      "The pod or its request carries the annotation hallpass.dev/revoke; nothing is issued before"
          + " it is removed."),
  PolicyDenied(
      Kind.REFUSED,
      "A CredentialPolicy does not allow it now; the message names the policy, and says why."),
  NoPolicy(
      Kind.REPORT,
      "No CredentialPolicy in Enforce is about the credential, and this Hallpass issues nothing"
          + " without one. Write one that matches it."),
  LeaseLimit(
      Kind.REPORT,
      "The workload's pods hold as many leases as limits.maxLeases of a CredentialPolicy lets them."
          + " Let some end, or let the limit be raised."),
  RateLimit(
      Kind.REPORT,
      "The workload's pods were given as many leases as limits.rate of a CredentialPolicy lets them."
          + " It passes by itself."),
  ApprovalRequired(
      Kind.REPORT, "A CredentialPolicy asks for approval, and too few people have given theirs."),
  PolicyCompiled(Kind.REPORT, "Every expression of the CredentialPolicy compiles."),
  PolicyInvalid(
      Kind.REPORT,
      "An expression of the CredentialPolicy does not compile; the message says where. Until it is"
          + " corrected, the policy denies what it matches."),
  ParamsNotFound(
      Kind.REPORT,
      "There is no such object as the CredentialPolicy takes its parameters from. Create it, or"
          + " correct spec.params; until then, the policy denies what it matches."),
  ParamKindUnknown(
      Kind.REPORT,
      "The API server has no such kind as spec.params.paramKind. Install its CRD, or correct the"
          + " field; until then, the policy denies what it matches."),
  ParamsForbidden(
      Kind.REPORT,
      "Hallpass may not read the kind of spec.params.paramKind. Allow it by a ClusterRole with the"
          + " label hallpass.dev/aggregate-to-params; until then, the policy denies what it"
          + " matches."),
  ParamsUnread(
      Kind.REPORT,
      "What the CredentialPolicy takes its parameters from was not read yet. It is tried again;"
          + " until then, the policy denies what it matches."),
  ExpressionFailed(
      Kind.REPORT,
      "An expression of the CredentialPolicy compiles, and fails where it is evaluated; the message"
          + " says why. Until it is corrected, the policy denies where it fails."),
  PolicyWouldDeny(
      Kind.REPORT,
      "A CredentialPolicy in Audit would not allow it. It was issued; the message says what to"
          + " change before the policy is enforced."),
  ApprovalAwaited(
      Kind.WAITING,
      "A CredentialPolicy asks for approval, and the lease waits for it; the message says who may"
          + " give it."),
  ApprovalGiven(Kind.REPORT, "Enough people have approved; the credential is issued."),
  ApprovalDenied(
      Kind.REFUSED,
      "Somebody who may approve it said no. Talk to them; to ask again, delete the denied lease, or"
          + " the pod."),
  ApprovalTimedOut(
      Kind.REFUSED, "Too few approved in time. To ask again, delete the denied lease, or the pod."),
  ApproverNotAllowed(
      Kind.REFUSED,
      "The user may not approve: it takes the RBAC verb approve on a CredentialPolicy that the"
          + " lease waits for."),
  ApprovalOfOwnRequest(
      Kind.REFUSED,
      "Nobody approves what they asked for: not who wrote the request, nor its owner, nor its"
          + " workload."),
  NothingToApprove(
      Kind.REFUSED, "There is no such lease in the namespace, or it waits for no approval."),
  ApprovalInvalid(
      Kind.REFUSED, "The CredentialApproval has a mistake; the message names the field."),
  BreakGlassOpen(
      Kind.REPORT,
      "A break-glass is open: approval, and the policies that allow it, give way until it ends."),
  BreakGlassUsed(
      Kind.REPORT, "A credential was issued under a break-glass; the message names what gave way."),
  BreakGlassUnreviewed(
      Kind.REPORT,
      "A break-glass is over and waits for its review. Somebody else than its opener adds"
          + " spec.review."),
  BreakGlassReviewed(Kind.REPORT, "Somebody else than its opener has reviewed the break-glass."),
  BreakGlassRefused(
      Kind.REFUSED,
      "The break-glass, or its review, is not allowed so; the message names the field and what to"
          + " do."),
  Overloaded(
      Kind.UNAVAILABLE,
      "More calls wait for their proof than the broker takes. The agent tries again."),
  CallAbandoned(
      Kind.BUSY,
      "The agent stopped waiting before anything was issued. It asks again, and nothing is lost."),

  // The lease
  Issued(Kind.REPORT, "Secret material was issued to the pod."),
  Activated(Kind.REPORT, "The pod confirmed delivery, and the account was enabled."),
  Renewed(Kind.REPORT, "The credential's validity was extended."),
  LeaseNotFound(Kind.LEASE_UNKNOWN, "There is no such lease of the calling pod."),
  LeaseEnded(Kind.LEASE_OVER, "The lease has ended. The agent asks for a new one."),
  LeaseBusy(Kind.BUSY, "Another call is changing the lease. The agent tries again."),
  Superseded(Kind.OUTDATED, "Newer secret material was issued under this lease."),
  LifetimeOver(Kind.LEASE_OVER, "The lease has reached the level's maxLifetime."),
  Revoking(Kind.LEASE_OVER, "Access is being withdrawn."),
  Revoked(Kind.LEASE_OVER, "The account was verified gone at the target."),
  RevocationFailed(Kind.REPORT, "The target did not confirm the revocation. It is tried again."),
  OrphanRemoved(Kind.REPORT, "An account that no lease names was removed from the target."),
  UninstallRefused(
      Kind.REPORT,
      "Leases are not over, and nobody would end them once Hallpass is uninstalled; the message says"
          + " how many, where, and what to do."),

  // The target and the platform
  TargetUnreachable(Kind.UNAVAILABLE, "The target does not answer."),
  TargetRefused(Kind.UNAVAILABLE, "The target refused the operation."),
  TlsFailed(
      Kind.UNAVAILABLE,
      "The target's TLS does not fit the provider's tls settings; the message names the field."),
  GroupRoleUnsafe(
      Kind.UNAVAILABLE,
      "A group role of the access level can log in, or reaches an administrator's rights, so that"
          + " access could outlive its lease. Offer another role, or take the rights from it."),
  ServiceAccountNotAllowed(
      Kind.UNAVAILABLE,
      "The provider names a service account that it must not mint tokens for: of another namespace"
          + " than its own, of a system namespace, or of Hallpass itself."),
  RemovalBlocked(
      Kind.UNAVAILABLE,
      "The account is disabled and has no sessions, but something of somebody else holds on to what"
          + " it owns. It is tried again; the message says what to end or drop."),
  AdminSecretUnavailable(
      Kind.UNAVAILABLE, "The provider's admin Secret is missing, forbidden or incomplete."),
  AuditUnavailable(
      Kind.UNAVAILABLE,
      "The audit trail cannot be written, so nothing is issued. Mend the sink that the broker's log"
          + " names."),
  ApiServerUnavailable(Kind.UNAVAILABLE, "The Kubernetes API server does not answer."),
  BrokerUnreachable(Kind.UNAVAILABLE, "The agent cannot reach the broker."),
  NotificationFailed(
      Kind.REPORT,
      "The agent could not tell the app that its files have changed. It is tried again a few"
          + " times."),
  DeliveryFailed(Kind.BROKEN, "The agent cannot write the files into the pod's volume."),
  BadRequest(Kind.MALFORMED, "The call is malformed."),
  InternalError(Kind.BROKEN, "An error that Hallpass did not expect; its log has the details.");

  private final Kind kind;
  private final String meaning;

  Reason(Kind kind, String meaning) {
    this.kind = kind;
    this.meaning = meaning;
  }

  /** What it is for whoever meets it as the outcome of a call. */
  public Kind kind() {
    return kind;
  }

  /** What it means, and where one can do something about it, what. */
  public String meaning() {
    return meaning;
  }

  /** What can be done about an outcome, and by whom. Each kind of caller reads it its own way. */
  public enum Kind {
    /** Says how something stands; a call never fails with it. */
    REPORT,

    /** The call must be corrected. */
    MALFORMED,

    /** The caller did not prove who it is. */
    UNPROVEN,

    /** It stays so until somebody changes a manifest or an object. */
    REFUSED,

    /** What the call names does not exist, until somebody creates it. */
    ABSENT,

    /** The caller has no such lease, and asks for a new one. */
    LEASE_UNKNOWN,

    /** The lease gives no more access; the caller asks for a new one. */
    LEASE_OVER,

    /** A newer call of the same pod took the place of this one. */
    OUTDATED,

    /** Passes when people have decided. */
    WAITING,

    /** Passes within a second or so. */
    BUSY,

    /** Passes by itself, or when somebody mends what Hallpass depends on. */
    UNAVAILABLE,

    /** Should not be. */
    BROKEN
  }
}
