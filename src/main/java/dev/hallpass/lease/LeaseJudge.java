package dev.hallpass.lease;

import static dev.hallpass.api.v1alpha1.EndedBy.ApprovalTimedOut;
import static dev.hallpass.api.v1alpha1.EndedBy.BreakGlassEnded;
import static dev.hallpass.api.v1alpha1.EndedBy.Expired;
import static dev.hallpass.api.v1alpha1.EndedBy.PodDeleted;
import static dev.hallpass.api.v1alpha1.EndedBy.ProviderChanged;
import static dev.hallpass.api.v1alpha1.EndedBy.RequestChanged;
import static dev.hallpass.api.v1alpha1.EndedBy.RequestDeleted;
import static dev.hallpass.api.v1alpha1.EndedBy.Requested;
import static dev.hallpass.api.v1alpha1.EndedBy.Superseded;
import static dev.hallpass.api.v1alpha1.EndedBy.Unacknowledged;
import static dev.hallpass.lease.Verdict.End.because;

import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.api.v1alpha1.CredentialLeaseStatus.Approval;
import dev.hallpass.api.v1alpha1.CredentialLeaseStatus.LeasePhase;
import dev.hallpass.api.v1alpha1.CredentialRequestSpec.RequestedCredential;
import dev.hallpass.api.v1alpha1.Delivery;
import dev.hallpass.api.v1alpha1.HallpassApi;
import dev.hallpass.lease.Verdict.End;
import dev.hallpass.lease.Verdict.Extend;
import dev.hallpass.lease.Verdict.Forget;
import dev.hallpass.lease.Verdict.Keep;
import dev.hallpass.lease.Verdict.Retain;
import dev.hallpass.lease.Verdict.Revoke;
import dev.hallpass.policy.Ask;
import dev.hallpass.policy.Durations;
import dev.hallpass.policy.IssueDecider;
import dev.hallpass.policy.IssueDecision;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Decides whether a lease stands. Pure: it knows nothing but the facts it is given, so a wrong fact
 * makes a wrong verdict. Who acts on an {@link End} confirms at the API server what it rests on.
 */
public final class LeaseJudge {
  private final LeaseTimes times;

  /** Judges by these times. */
  public LeaseJudge(LeaseTimes times) {
    this.times = times;
  }

  /** The phase of a lease; one without status is Pending. */
  public static LeasePhase phase(CredentialLease lease) {
    var status = lease.getStatus();
    var phase = status == null ? null : status.phase();
    return phase == null ? LeasePhase.Pending : phase;
  }

  /** Which issue of a lease is the last one; its creation is the first, and writes no epoch. */
  public static long epoch(CredentialLease lease) {
    var status = lease.getStatus();
    var epoch = status == null ? null : status.epoch();
    return epoch == null ? 1 : epoch;
  }

  /** Since when its maxLifetime counts: its creation, or where it had to wait, people's yes. */
  public static Instant begun(CredentialLease lease) {
    return Moments.begun(lease);
  }

  /** When it was last issued or renewed, or shortly before; of an active lease. */
  public static Instant decided(CredentialLease lease) {
    return Moments.decided(lease);
  }

  /** Whether nothing of the lease is left at the target. */
  public static boolean over(CredentialLease lease) {
    return switch (phase(lease)) {
      case AwaitingApproval, Pending, Active, Revoking -> false;
      case Revoked, Denied -> true;
    };
  }

  /** The verdict on these facts; of several reasons to end, the first in the order given here. */
  public Verdict judge(LeaseFacts facts) {
    return switch (phase(facts.lease())) {
      case AwaitingApproval, Pending, Active ->
          end(facts).<Verdict>map(e -> e).or(() -> extension(facts)).orElseGet(() -> keep(facts));
      case Revoking -> new Revoke();
      case Revoked, Denied -> ended(facts);
    };
  }

  private Optional<End> end(LeaseFacts facts) {
    return deleted(facts)
        .or(() -> revokeAsked(facts))
        .or(() -> pod(facts).over())
        .or(() -> requestOver(facts))
        .or(() -> providerOver(facts))
        .or(() -> breakGlassOver(facts))
        .or(() -> replaced(facts))
        .or(() -> timeOver(facts));
  }

  private Verdict ended(LeaseFacts facts) {
    var until = Moments.ended(facts.lease()).plus(times.retention());
    return facts.lease().isMarkedForDeletion() || !facts.now().isBefore(until)
        ? new Forget()
        : new Retain(until);
  }

  private static Optional<End> deleted(LeaseFacts facts) {
    if (!facts.lease().isMarkedForDeletion()) {
      return Optional.empty();
    }
    return facts.namespace().terminating()
        ? because(PodDeleted, "the namespace is being deleted")
        : because(Requested, "the lease was deleted");
  }

  private Optional<End> revokeAsked(LeaseFacts facts) {
    var issued = Instant.parse(facts.lease().getMetadata().getCreationTimestamp());
    return Stream.of(facts.lease(), pod(facts).pod(), facts.request())
        .filter(Objects::nonNull)
        .filter(carrier -> RevokeOrder.of(carrier).covers(issued))
        .findFirst()
        .map(
            carrier ->
                new End(
                    Requested,
                    "the annotation %s of %s %s asks for it"
                        .formatted(
                            HallpassApi.REVOKE_ANNOTATION,
                            carrier.getKind(),
                            carrier.getMetadata().getName())));
  }

  private static Optional<End> requestOver(LeaseFacts facts) {
    var spec = facts.lease().getSpec();
    var request = facts.request();
    if (request == null
        || request.isMarkedForDeletion()
        || !spec.requestRef().uid().equals(request.getMetadata().getUid())) {
      return because(RequestDeleted, "request %s was deleted".formatted(spec.requestRef().name()));
    }
    var workload = request.getSpec().workload();
    var pod = Objects.requireNonNull(facts.pod());
    if (!workload.serviceAccountName().equals(spec.pod().serviceAccountName())
        || !workload.selector().matches(pod.getMetadata().getLabels())) {
      return because(
          RequestChanged,
          "request %s no longer selects the pod".formatted(spec.requestRef().name()));
    }
    if (phase(facts.lease()) == LeasePhase.AwaitingApproval && !asksTheSame(facts)) {
      return because(
          RequestChanged,
          "request %s has changed since approval was asked for"
              .formatted(spec.requestRef().name()));
    }
    return asked(facts).isPresent()
        ? Optional.empty()
        : because(
            RequestChanged,
            "request %s no longer asks for \"%s\" of %s as \"%s\""
                .formatted(
                    spec.requestRef().name(),
                    spec.access(),
                    spec.providerRef(),
                    spec.credential()));
  }

  private static boolean asksTheSame(LeaseFacts facts) {
    var now = asked(facts).map(c -> Ask.digest(Objects.requireNonNull(facts.request()), c));
    return Moments.approval(facts.lease()).map(Approval::digest).equals(now);
  }

  private static Optional<RequestedCredential> asked(LeaseFacts facts) {
    var spec = facts.lease().getSpec();
    return Optional.ofNullable(facts.request()).stream()
        .flatMap(r -> r.getSpec().credentials().stream())
        .filter(c -> c.name().equals(spec.credential()))
        .filter(c -> c.access().equals(spec.access()))
        .filter(c -> c.providerRef().equals(spec.providerRef()))
        .findFirst();
  }

  /**
   * A lowered cap or a format no longer written ends nothing here: they are for the next issue or
   * renewal to refuse.
   */
  private static Optional<End> providerOver(LeaseFacts facts) {
    return switch (IssueDecider.standing(input(facts))) {
      case IssueDecision.Deny(var reason, var message) -> because(ProviderChanged, message);
      case IssueDecision.Allow allow -> Optional.empty();
    };
  }

  private static IssueDecider.Input input(LeaseFacts facts) {
    return new IssueDecider.Input(
        asked(facts).orElseThrow(),
        facts.lease().getMetadata().getNamespace(),
        facts.namespace().labels(),
        facts.provider(),
        null);
  }

  private static Optional<End> breakGlassOver(LeaseFacts facts) {
    var named = facts.lease().getSpec().breakGlass();
    if (named == null) {
      return Optional.empty();
    }
    var ends = facts.breakGlassEnds();
    if (ends == null) {
      return because(BreakGlassEnded, "break-glass %s is gone".formatted(named.name()));
    }
    return facts.now().isBefore(ends)
        ? Optional.empty()
        : because(BreakGlassEnded, "break-glass %s ended at %s".formatted(named.name(), ends));
  }

  private static Optional<End> replaced(LeaseFacts facts) {
    return drained(facts).filter(end -> !facts.now().isBefore(end)).isPresent()
        ? because(
            Superseded,
            "lease %s took its place"
                .formatted(Objects.requireNonNull(facts.successor()).getMetadata().getName()))
        : Optional.empty();
  }

  /** When the time is over that a lease and its successor are both valid. */
  private static Optional<Instant> drained(LeaseFacts facts) {
    var successor = facts.successor();
    var status = successor == null ? null : successor.getStatus();
    var activatedAt = status == null ? null : status.activatedAt();
    var replaces = successor == null ? null : successor.getSpec().replaces();
    return activatedAt == null || replaces == null
        ? Optional.empty()
        : Optional.of(Instant.parse(activatedAt).plus(Durations.parse(replaces.overlap())));
  }

  /** What a pod fetched once lives as long as the pod, within the limits that hold now. */
  private Optional<Verdict> extension(LeaseFacts facts) {
    var due = extensionDue(facts).filter(at -> !facts.now().isBefore(at));
    if (due.isEmpty() || !pod(facts).lives()) {
      return Optional.empty();
    }
    return switch (IssueDecider.decide(input(facts))) {
      case IssueDecision.Deny deny -> Optional.empty();
      case IssueDecision.Allow(var level, var ttl, var maxLifetime) -> {
        var moments =
            Stream.concat(
                    Stream.of(
                        facts.now().plus(ttl), Moments.begun(facts.lease()).plus(maxLifetime)),
                    Stream.ofNullable(facts.breakGlassEnds()))
                .toList();
        yield Optional.of(
            new Extend(level, Collections.min(moments).truncatedTo(ChronoUnit.SECONDS)));
      }
    };
  }

  /** A third of the ttl before its expiry, unless it has come to the end of its lifetime. */
  private Optional<Instant> extensionDue(LeaseFacts facts) {
    var lease = facts.lease();
    var spec = lease.getSpec();
    if (spec.mode() != Delivery.Mode.Init || phase(lease) != LeasePhase.Active) {
      return Optional.empty();
    }
    var expiresAt = Moments.deadline(lease, times);
    return expiresAt.isBefore(Moments.begun(lease).plus(Durations.parse(spec.maxLifetime())))
            && (facts.breakGlassEnds() == null || expiresAt.isBefore(facts.breakGlassEnds()))
        ? Optional.of(expiresAt.minus(Durations.parse(spec.ttl()).dividedBy(3)))
        : Optional.empty();
  }

  private Optional<End> timeOver(LeaseFacts facts) {
    if (facts.now().isBefore(Moments.deadline(facts.lease(), times))) {
      return Optional.empty();
    }
    return switch (phase(facts.lease())) {
      case AwaitingApproval -> because(ApprovalTimedOut, "too few approved in time");
      case Pending ->
          because(
              Unacknowledged,
              "the pod did not confirm delivery within %d s"
                  .formatted(times.acknowledgement().toSeconds()));
      case Active, Revoking, Revoked, Denied ->
          because(
              Expired,
              facts.lease().getSpec().mode() == Delivery.Mode.Init
                  ? "it was fetched once, and was not or could not be extended"
                  : "it was not renewed in time");
    };
  }

  private Keep keep(LeaseFacts facts) {
    List<Instant> moments = new ArrayList<>();
    moments.add(Moments.deadline(facts.lease(), times));
    drained(facts).ifPresent(moments::add);
    Stream.ofNullable(facts.breakGlassEnds()).forEach(moments::add);
    extensionDue(facts).filter(facts.now()::isBefore).ifPresent(moments::add);
    pod(facts).moments().forEach(moments::add);
    return new Keep(moments.stream().min(Instant::compareTo).orElseThrow());
  }

  private LeasePod pod(LeaseFacts facts) {
    return new LeasePod(facts, times.nodeGrace());
  }
}
