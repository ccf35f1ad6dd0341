package dev.hallpass.reconcile.lease;

import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.api.v1alpha1.CredentialLeaseStatus.LeasePhase;
import dev.hallpass.api.v1alpha1.Delivery;
import dev.hallpass.api.v1alpha1.EndedBy;
import dev.hallpass.api.v1alpha1.HallpassApi;
import dev.hallpass.audit.AuditUnavailableException;
import dev.hallpass.lease.Extension;
import dev.hallpass.lease.LeaseFacts;
import dev.hallpass.lease.LeaseJudge;
import dev.hallpass.lease.LeaseStore;
import dev.hallpass.lease.Revocation;
import dev.hallpass.lease.Verdict;
import dev.hallpass.policy.Denial;
import dev.hallpass.provider.TargetException;
import dev.hallpass.reconcile.view.Keys;
import dev.hallpass.wire.Reason;
import io.javaoperatorsdk.operator.api.reconciler.Cleaner;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.DeleteControl;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import org.jboss.logging.Logger;

/**
 * Ends leases. It acts on the state alone, whatever woke it: judge, confirm, write the end down,
 * revoke, keep for a while, let go.
 *
 * <p>The finalizer is the broker's, set at creation, so that no write is needed here before the
 * first end.
 */
@ControllerConfiguration(
    name = "lease",
    finalizerName = HallpassApi.REVOCATION_FINALIZER,
    generationAwareEventProcessing = false)
public final class LeaseReconciler
    implements Reconciler<CredentialLease>, Cleaner<CredentialLease> {
  private static final Logger LOG = Logger.getLogger(LeaseReconciler.class);
  private static final Duration OUTDATED = Duration.ofSeconds(1);
  private static final Duration POLICY_AGAIN = Duration.ofMinutes(1);

  private sealed interface Next {
    record Again(Duration after) implements Next {}

    record LetGo() implements Next {}
  }

  private final LeaseStore leases;
  private final LeaseJudge judge;
  private final FactsReader facts;
  private final PolicyReview policies;
  private final Revocation revocation;
  private final Extension extension;
  private final LeaseReports reports;
  private final ExtensionRecords records;
  private final Doorbell doorbell;
  private final BackOff backOff;
  private final LeaseEvents wake;
  private final Clock clock;

  LeaseReconciler(
      LeaseStore leases,
      LeaseJudge judge,
      FactsReader facts,
      PolicyReview policies,
      Revocation revocation,
      Extension extension,
      LeaseReports reports,
      ExtensionRecords records,
      Doorbell doorbell,
      BackOff backOff,
      LeaseEvents wake,
      Clock clock) {
    this.leases = leases;
    this.judge = judge;
    this.facts = facts;
    this.policies = policies;
    this.revocation = revocation;
    this.extension = extension;
    this.reports = reports;
    this.records = records;
    this.doorbell = doorbell;
    this.backOff = backOff;
    this.wake = wake;
    this.clock = clock;
  }

  @Override
  public List<EventSource<?, CredentialLease>> prepareEventSources(
      EventSourceContext<CredentialLease> context) {
    return wake.sources(context.getPrimaryCache());
  }

  @Override
  public UpdateControl<CredentialLease> reconcile(
      CredentialLease lease, Context<CredentialLease> context) {
    return switch (next(lease)) {
      case Next.Again(var after) ->
          UpdateControl.<CredentialLease>noUpdate().rescheduleAfter(after);
      case Next.LetGo() -> {
        leases.delete(lease);
        yield UpdateControl.noUpdate();
      }
    };
  }

  @Override
  public DeleteControl cleanup(CredentialLease lease, Context<CredentialLease> context) {
    return switch (next(lease)) {
      case Next.Again(var after) ->
          DeleteControl.noFinalizerRemoval().rescheduleAfter(after.toMillis());
      case Next.LetGo() -> DeleteControl.defaultDelete();
    };
  }

  private Next next(CredentialLease lease) {
    var known = facts.cached(lease);
    return switch (confirmed(known)) {
      case Verdict.Keep(var recheckAt) ->
          policies.withdrawn(known).map(end -> end(lease, end)).orElseGet(() -> at(recheckAt));
      case Verdict.Extend verdict ->
          policies
              .withdrawn(known)
              .map(end -> end(lease, end))
              .orElseGet(() -> extend(known, verdict));
      case Verdict.End end -> end(lease, end);
      case Verdict.Revoke() -> resume(lease);
      case Verdict.Retain(var until) -> at(until);
      case Verdict.Forget() -> new Next.LetGo();
    };
  }

  /** An end that the API server confirms, or whatever holds instead. */
  private Verdict confirmed(LeaseFacts cached) {
    var sure = EnumSet.noneOf(EndedBy.class);
    var known = cached;
    var verdict = judge.judge(known);
    while (verdict instanceof Verdict.End end && sure.add(end.by())) {
      known = facts.confirmed(known, end.by());
      verdict = judge.judge(known);
    }
    return verdict;
  }

  /** The wake-up by our own write comes first; what the target cannot extend just expires. */
  private Next extend(LeaseFacts known, Verdict.Extend wanted) {
    var lease = known.lease();
    var heard = policies.extension(known);
    return switch (heard) {
      case Heard.Unneeded unneeded -> extended(lease, heard, wanted);
      case Heard.Refused(var reason, var why) -> notExtended(lease, heard, reason, why);
      case Heard.Judged(var policy, var told) ->
          policy.allows()
              ? extended(lease, heard, wanted.within(lease, known.now(), policy.allowed()))
              : notExtended(lease, heard, Reason.PolicyDenied, Denial.sentence(policy.denials()));
    };
  }

  private Next notExtended(CredentialLease lease, Heard heard, Reason reason, String why) {
    records.refused(lease, heard, reason, why);
    reports.notExtended(lease, reason, why);
    return atMost(POLICY_AGAIN, expiry(lease));
  }

  private Next extended(CredentialLease lease, Heard heard, Verdict.Extend verdict) {
    return switch (attempted(lease, heard, verdict)) {
      case Extension.Outcome.Done(var extended) -> {
        reports.extended(extended, verdict.until());
        yield at(verdict.until());
      }
      case Extension.Outcome.Impossible() -> at(expiry(lease));
      case Extension.Outcome.Outdated() -> new Next.Again(OUTDATED);
    };
  }

  /**
   * What cannot be recorded is not extended, but tried again as long as it lasts; so is what the
   * target refuses.
   */
  private Extension.Outcome attempted(CredentialLease lease, Heard heard, Verdict.Extend verdict) {
    try {
      return extension.attempt(lease, verdict, () -> records.allowed(lease, heard));
    } catch (TargetException e) {
      records.refused(lease, heard, e.reason(), String.valueOf(e.getMessage()));
      throw e;
    } catch (AuditUnavailableException e) {
      LOG.warnf(
          "lease not extended: namespace=%s lease=%s reason=%s: %s",
          lease.getMetadata().getNamespace(),
          lease.getMetadata().getName(),
          Reason.AuditUnavailable,
          e.getMessage());
      return new Extension.Outcome.Outdated();
    }
  }

  private Next end(CredentialLease lease, Verdict.End end) {
    if (LeaseJudge.phase(lease) == LeasePhase.AwaitingApproval) {
      return deny(lease, end);
    }
    var revoking = revocation.begin(lease, end);
    if (revoking.isEmpty()) {
      return new Next.Again(OUTDATED);
    }
    policies.forget(lease);
    reports.ending(lease, end.by(), end.message());
    return revoke(revoking.get());
  }

  private Next deny(CredentialLease lease, Verdict.End end) {
    revocation
        .deny(lease, end)
        .ifPresent(
            denied -> {
              policies.forget(denied);
              reports.denied(denied, end.by(), end.message());
            });
    return new Next.Again(OUTDATED);
  }

  /** The cache may be behind our own writes: a lease that is already Revoked is left alone. */
  private Next resume(CredentialLease cached) {
    var wait = backOff.remaining(ResourceID.fromResource(cached));
    if (wait.isPresent()) {
      return new Next.Again(wait.get());
    }
    return leases
        .get(cached.getMetadata().getNamespace(), cached.getMetadata().getName())
        .filter(l -> l.getMetadata().getUid().equals(cached.getMetadata().getUid()))
        .filter(l -> LeaseJudge.phase(l) == LeasePhase.Revoking)
        .map(this::revoke)
        .orElseGet(() -> new Next.Again(OUTDATED));
  }

  private Next revoke(CredentialLease lease) {
    var id = ResourceID.fromResource(lease);
    return switch (revocation.attempt(lease)) {
      case Revocation.Outcome.Done(var revoked) -> {
        backOff.settled(id);
        reports.revoked(revoked);
        wake.answered(Keys.provider(lease));
        ring(revoked);
        yield new Next.Again(OUTDATED);
      }
      case Revocation.Outcome.Failed(var reason, var message) -> {
        reports.failed(lease, reason, message);
        yield new Next.Again(backOff.failed(id, Keys.provider(lease)));
      }
      case Revocation.Outcome.Outdated() -> new Next.Again(OUTDATED);
    };
  }

  /** Not before the account is gone: while it goes, the pod is given no other. */
  private void ring(CredentialLease revoked) {
    var by = revoked.getStatus().endedBy();
    if (by != null
        && LeaseReports.podLives(by)
        && revoked.getSpec().mode() == Delivery.Mode.Sidecar) {
      doorbell.ring(revoked);
    }
  }

  private static Instant expiry(CredentialLease lease) {
    return Instant.parse(Objects.requireNonNull(lease.getStatus().expiresAt()));
  }

  private Next atMost(Duration wait, Instant moment) {
    var last = clock.instant().plus(wait);
    return at(last.isBefore(moment) ? last : moment);
  }

  private Next at(Instant moment) {
    var after = Duration.between(clock.instant(), moment);
    return new Next.Again(after.isNegative() ? Duration.ZERO : after);
  }
}
