package dev.hallpass.broker;

import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.api.v1alpha1.CredentialLeaseStatus.LeasePhase;
import dev.hallpass.api.v1alpha1.CredentialRequest;
import dev.hallpass.audit.AuditEvent.Operation;
import dev.hallpass.audit.AuditLog;
import dev.hallpass.delivery.FileWriter;
import dev.hallpass.delivery.TemplateException;
import dev.hallpass.kube.Events;
import dev.hallpass.kube.LogKeys;
import dev.hallpass.kube.ObjectName;
import dev.hallpass.kube.Recent;
import dev.hallpass.lease.Claim;
import dev.hallpass.lease.LeaseIssuer;
import dev.hallpass.lease.LeaseJudge;
import dev.hallpass.lease.LeaseStore;
import dev.hallpass.lease.RefusedException;
import dev.hallpass.wire.Codec;
import dev.hallpass.wire.IssueAnswer;
import dev.hallpass.wire.IssueRequest;
import dev.hallpass.wire.LeaseAnswer;
import dev.hallpass.wire.LeaseCall;
import dev.hallpass.wire.Reason;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.jboss.logging.MDC;

/** The calls of an agent: issue, acknowledge, renew, check. */
public final class CredentialApi {
  private static final Logger LOG = Logger.getLogger(CredentialApi.class);
  private static final Duration MEMORY = Duration.ofSeconds(30);
  private static final int MOST_PENDING = 1000;

  private final Callers callers;
  private final Claims claims;
  private final LeaseStore leases;
  private final LeaseIssuer issuer;
  private final WaiverReports waivers;
  private final Events events;
  private final AuditLog audit;
  private final Supplier<String> trustBundle;

  private final Repetitions repetitions;

  /** Leases that were issued a moment ago, and wait for their acknowledgement. */
  private final Recent<CredentialLease> pending;

  CredentialApi(
      Callers callers,
      Claims claims,
      LeaseStore leases,
      LeaseIssuer issuer,
      WaiverReports waivers,
      Events events,
      AuditLog audit,
      Repetitions repetitions,
      Supplier<String> trustBundle,
      Clock clock) {
    this.callers = callers;
    this.claims = claims;
    this.leases = leases;
    this.issuer = issuer;
    this.waivers = waivers;
    this.events = events;
    this.audit = audit;
    this.repetitions = repetitions;
    this.trustBundle = trustBundle;
    this.pending = new Recent<>(MOST_PENDING, MEMORY, clock);
  }

  byte[] issue(Call call) {
    var asked = Codec.issueRequest(call.body().getBytes());
    requireName(asked.request());
    var replaces = asked.replaces();
    if (replaces != null) {
      requireName(replaces.lease());
    }
    var pod = callers.prove(call, Operation.Issue);
    var audited = new AuditedCall(audit, repetitions, Operation.Issue, pod, call, asked.request());
    return recorded(
        audited,
        () ->
            telling(
                pod,
                () -> {
                  var request = claims.request(pod, asked.request());
                  return telling(request, () -> issue(pod, request, asked, call, audited));
                }));
  }

  private byte[] issue(
      Pod pod, CredentialRequest request, IssueRequest asked, Call call, AuditedCall audited) {
    var claim = claims.claim(pod, asked.request(), asked.credential(), audited);
    var certifying = claim.certifying(KeyProof.judge(claim, asked.csr()));
    call.requireCaller();
    var issued = issuer.issue(certifying, asked.replaces(), () -> audited.allowed(claim));
    audited.issued(issued);
    if (LeaseJudge.phase(issued.written()) == LeasePhase.Pending) {
      pending.put(key(pod, issued.lease()), issued.written());
    }
    done(Reason.Issued, issued.lease());
    var waiver = claim.waiver();
    if (waiver != null) {
      waivers.used(pod, request, asked.credential(), waiver, issued.written());
    }
    events.say(
        Events.about(pod),
        Events.Type.Normal,
        Reason.Issued,
        "Credential %s of request %s"
            .formatted(asked.credential(), request.getMetadata().getName()));
    return Codec.encode(
        new IssueAnswer(issued.lease(), issued.epoch(), files(claim, issued), trustBundle.get()));
  }

  private static List<IssueAnswer.File> files(Claim claim, LeaseIssuer.Issued issued) {
    try {
      return FileWriter.render(claim.credential(), issued.material());
    } catch (TemplateException e) {
      throw new RefusedException(
          Reason.TemplateInvalid,
          "spec.credentials[%s].delivery.files.template: %s"
              .formatted(claim.credential().name(), e.getMessage()));
    }
  }

  byte[] acknowledge(Call call) {
    return held(
        call,
        Operation.Acknowledge,
        Reason.Activated,
        (audited, pod, asked) ->
            pending
                .take(key(pod, asked.lease()))
                .map(lease -> acknowledge(audited, pod, lease, asked))
                .orElseGet(() -> take(issuer::acknowledge, audited, pod, asked)));
  }

  /**
   * A yes rests on a write that is conditional on the lease as it is remembered; a no is asked of
   * the API server again.
   */
  private LeaseIssuer.Usable acknowledge(
      AuditedCall audited, Pod pod, CredentialLease remembered, LeaseCall asked) {
    try {
      return take(issuer::acknowledge, audited, pod, remembered, asked);
    } catch (RefusedException perhapsOutdated) {
      return take(issuer::acknowledge, audited, pod, asked);
    }
  }

  byte[] renew(Call call) {
    return held(
        call,
        Operation.Renew,
        Reason.Renewed,
        (audited, pod, asked) -> take(issuer::renew, audited, pod, asked));
  }

  /**
   * Whether the pod's lease still stands. It writes nothing, decides nothing, and is not logged:
   * agents make it at a word of anybody's.
   */
  byte[] check(Call call) {
    var asked = Codec.leaseCall(call.body().getBytes());
    requireName(asked.lease());
    var pod = callers.prove(call, Operation.Review);
    issuer.requireStanding(lease(pod, asked.lease()), asked.epoch());
    return Codec.encode(asked);
  }

  /** What is done to a lease that a pod holds. */
  @FunctionalInterface
  private interface Step {
    LeaseIssuer.Usable take(Claim claim, CredentialLease lease, long epoch, Runnable granted);
  }

  private LeaseIssuer.Usable take(Step step, AuditedCall audited, Pod pod, LeaseCall asked) {
    return take(step, audited, pod, lease(pod, asked.lease()), asked);
  }

  private LeaseIssuer.Usable take(
      Step step, AuditedCall audited, Pod pod, CredentialLease lease, LeaseCall asked) {
    audited.about(lease);
    var claim = claims.underlying(pod, lease, audited);
    var usable = step.take(claim, lease, asked.epoch(), () -> audited.allowed(claim));
    audited.done(lease, asked.epoch(), usable);
    return usable;
  }

  /** The work of a call about a lease. */
  @FunctionalInterface
  private interface Work {
    LeaseIssuer.Usable take(AuditedCall audited, Pod pod, LeaseCall asked);
  }

  private byte[] held(Call call, Operation operation, Reason outcome, Work work) {
    var asked = Codec.leaseCall(call.body().getBytes());
    requireName(asked.lease());
    var pod = callers.prove(call, operation);
    MDC.put(LogKeys.LEASE, asked.lease());
    var audited = new AuditedCall(audit, repetitions, operation, pod, call, asked.lease());
    return recorded(
        audited,
        () ->
            telling(
                pod,
                () -> {
                  var usable = work.take(audited, pod, asked);
                  done(outcome, usable.lease());
                  return Codec.encode(
                      new LeaseAnswer(
                          usable.lease(), usable.expiresAt(), usable.next(), trustBundle.get()));
                }));
  }

  private static byte[] recorded(AuditedCall audited, Supplier<byte[]> work) {
    try {
      return work.get();
    } catch (RuntimeException e) {
      audited.failed(CallFailure.of(e));
      throw e;
    }
  }

  private static String key(Pod pod, String lease) {
    return pod.getMetadata().getUid() + "/" + lease;
  }

  /** Whoever looks at the object sees a refusal that stays until somebody acts. */
  private byte[] telling(HasMetadata concerned, Supplier<byte[]> work) {
    try {
      return work.get();
    } catch (RefusedException e) {
      if (HttpStatus.isFinal(e.reason())) {
        events.say(Events.about(concerned), Events.Type.Warning, e.reason(), e.detail());
      }
      throw e;
    }
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

  private static void requireName(String name) {
    if (!ObjectName.isValid(name)) {
      throw new RefusedException(Reason.BadRequest, "the call names no object");
    }
  }

  private static void done(Reason outcome, String lease) {
    MDC.put(LogKeys.LEASE, lease);
    MDC.put(LogKeys.REASON, outcome);
    LOG.info("call answered");
  }
}
