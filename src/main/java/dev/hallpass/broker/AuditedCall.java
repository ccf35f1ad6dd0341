package dev.hallpass.broker;

import static java.util.stream.Collectors.joining;

import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.api.v1alpha1.CredentialLeaseSpec.PodRef;
import dev.hallpass.audit.AuditEvent;
import dev.hallpass.audit.AuditEvent.Operation;
import dev.hallpass.audit.AuditEvent.Outcome;
import dev.hallpass.audit.AuditLog;
import dev.hallpass.audit.AuditUnavailableException;
import dev.hallpass.audit.Held;
import dev.hallpass.broker.Repetitions.About;
import dev.hallpass.lease.Claim;
import dev.hallpass.lease.Grounds;
import dev.hallpass.lease.LeaseIssuer;
import dev.hallpass.policy.Durations;
import dev.hallpass.policy.PolicyFacts;
import dev.hallpass.policy.PolicyVerdict;
import dev.hallpass.wire.Reason;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One call of a proven pod, as the trail tells of it: what was decided is recorded before it is
 * done, and what leaves before it leaves. For one thread.
 */
final class AuditedCall {
  private final AuditLog audit;
  private final Repetitions repetitions;
  private final Operation operation;
  private final Pod pod;
  private final Call call;
  private final String asked;
  private @Nullable PolicyFacts facts;
  private @Nullable PolicyVerdict verdict;
  private @Nullable CredentialLease lease;

  /**
   * A call about this object.
   *
   * @param repetitions what was recorded of pods that are refused, or wait
   * @param asked the name of a request or a lease
   */
  AuditedCall(
      AuditLog audit,
      Repetitions repetitions,
      Operation operation,
      Pod pod,
      Call call,
      String asked) {
    this.audit = audit;
    this.repetitions = repetitions;
    this.operation = operation;
    this.pod = pod;
    this.call = call;
    this.asked = asked;
  }

  /** The lease that it is about. */
  void about(CredentialLease found) {
    lease = found;
  }

  /** It is decided once more, on other grounds: whatever was said before does not count. */
  void anew() {
    facts = null;
    verdict = null;
  }

  /** Policies were asked. */
  void judged(PolicyFacts of, PolicyVerdict said) {
    facts = of;
    verdict = said;
  }

  /**
   * It may be done.
   *
   * @throws AuditUnavailableException where it may not after all, as it cannot be recorded
   */
  void allowed(Claim claim) {
    var limits = claim.allowed();
    var waiver = claim.waiver();
    audit.require(
        new AuditEvent.Decided(
            held(claim),
            operation,
            Outcome.Allowed,
            null,
            "",
            consulted(),
            inputs(),
            Durations.format(limits.ttl()),
            Durations.format(limits.maxLifetime()),
            waiver == null
                ? null
                : new AuditEvent.BreakGlassId(
                    waiver.breakGlass().name(), waiver.breakGlass().uid())),
        call.trace());
    repetitions.allowed(pod.getMetadata().getUid());
  }

  /**
   * Secret material leaves.
   *
   * @throws AuditUnavailableException where it must not
   */
  void issued(LeaseIssuer.Issued issued) {
    var held = Held.of(issued.written());
    var spec = issued.written().getSpec();
    if (spec.replaces() != null) {
      audit.note(
          new AuditEvent.Rotated(held, spec.replaces().lease(), spec.replaces().overlap()),
          call.trace());
    }
    audit.require(new AuditEvent.Issued(held, issued.epoch(), spec.ttl()), call.trace());
  }

  /** A lease was activated or extended. */
  void done(CredentialLease of, long epoch, LeaseIssuer.Usable usable) {
    audit.keep(
        switch (operation) {
          case Acknowledge -> new AuditEvent.Delivered(Held.of(of), epoch, usable.expiresAt());
          case Issue, Renew, Extend, Review ->
              new AuditEvent.Renewed(Held.of(of), epoch, usable.expiresAt());
        },
        call.trace());
  }

  /**
   * It may not be done, or could not be. That the trail cannot be written is not said: each try
   * would take a place among the records that wait.
   */
  void failed(CallFailure why) {
    if (why.reason() != Reason.AuditUnavailable) {
      about(why.reason())
          .filter(about -> isNews(about, why))
          .ifPresent(news -> audit.note(refusal(why.reason(), why.detail()), call.trace()));
    }
  }

  /** What the pod asks again about within the second, and what is no question, decides nothing. */
  private static Optional<About> about(Reason reason) {
    return switch (reason.kind()) {
      case ABSENT, LEASE_UNKNOWN -> Optional.of(About.NAME);
      case REFUSED, LEASE_OVER, OUTDATED, WAITING -> Optional.of(About.DECISION);
      case UNAVAILABLE, BROKEN -> Optional.of(About.FAILURE);
      case MALFORMED, UNPROVEN, BUSY, REPORT -> Optional.empty();
    };
  }

  /** It is none where the pod was told the same before, and no policy has another opinion. */
  private boolean isNews(About about, CallFailure why) {
    var of = facts;
    return repetitions.isNews(
        about,
        pod.getMetadata().getUid(),
        String.join(
            "\n",
            operation.name(),
            asked,
            of == null ? "" : of.credential().name(),
            why.reason().name(),
            why.detail(),
            opinions()));
  }

  private String opinions() {
    var said = verdict;
    return said == null
        ? ""
        : said.consulted().stream()
            .map(c -> "%s@%d %s".formatted(c.policy(), c.generation(), c.denials()))
            .collect(joining("\n"));
  }

  private AuditEvent refusal(Reason reason, String detail) {
    var of = facts;
    return of == null
        ? new AuditEvent.Refused(
            pod.getMetadata().getNamespace(),
            pod.getMetadata().getName(),
            call.address(),
            operation,
            asked,
            reason,
            detail)
        : new AuditEvent.Decided(
            held(of),
            operation,
            reason.kind() == Reason.Kind.WAITING ? Outcome.Waiting : Outcome.Denied,
            reason,
            detail,
            consulted(),
            inputs(),
            null,
            null,
            null);
  }

  private Held held(Claim claim) {
    return lease == null
        ? Held.of(claim.pod(), claim.request(), claim.credential())
        : Held.of(lease);
  }

  private Held held(PolicyFacts of) {
    return lease == null
        ? Held.of(
            new PodRef(
                pod.getMetadata().getName(),
                pod.getMetadata().getUid(),
                pod.getSpec().getServiceAccountName(),
                pod.getSpec().getNodeName()),
            of.request(),
            of.credential())
        : Held.of(lease);
  }

  private List<AuditEvent.Consulted> consulted() {
    var said = verdict;
    return said == null ? List.of() : Grounds.policies(said);
  }

  private @Nullable String inputs() {
    var of = facts;
    return of == null ? null : Grounds.inputs(of);
  }
}
