package dev.hallpass.policy;

import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.api.v1alpha1.CredentialLeaseStatus;
import dev.hallpass.api.v1alpha1.CredentialLeaseStatus.LeasePhase;
import dev.hallpass.api.v1alpha1.CredentialPolicySpec.Limits;
import dev.hallpass.api.v1alpha1.CredentialPolicySpec.Rate;
import dev.hallpass.wire.Reason;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How many leases of one provider and level a workload may have, and how often it may be given one.
 *
 * <p>Asked before a lease is made, and again before it can be used: of those that were made at the
 * same moment, each of which saw room for itself, the first ones are let through. Whoever held its
 * lease once is not asked again, so that neither a renewal nor a restart nor a rotation is denied.
 */
final class Quota {
  private static final Comparator<CredentialLease> ORDER =
      Comparator.comparing(Quota::created).thenComparing(l -> l.getMetadata().getName());

  private final PolicyFacts facts;

  Quota(PolicyFacts facts) {
    this.facts = facts;
  }

  /**
   * A limit that is reached.
   *
   * @param reason its code
   * @param message what a person reads
   */
  record Reached(Reason reason, String message) {}

  /** Whether something of the lease may be left at the target, or is to come. */
  static boolean live(CredentialLease lease) {
    return switch (phase(lease.getStatus())) {
      case AwaitingApproval, Pending, Active, Revoking -> true;
      case Revoked, Denied -> false;
    };
  }

  private static LeasePhase phase(@Nullable CredentialLeaseStatus status) {
    var phase = status == null ? null : status.phase();
    return phase == null ? LeasePhase.Pending : phase;
  }

  /**
   * What is in the way of this credential. Costs a look at the leases only where a limit is set.
   */
  List<Reached> reached(Limits limits) {
    var most = limits.maxLeases();
    var rate = limits.rate();
    var lease = facts.lease();
    if ((most == null && rate == null) || (lease != null && held(lease))) {
      return List.of();
    }
    var alike = facts.made().get().stream().filter(this::alike).toList();
    var own = alike.stream().filter(Quota::live).filter(this::own).toList();
    if (own.stream().anyMatch(Quota::held)) {
      return List.of();
    }
    var waiting = own.stream().min(ORDER);
    return Stream.concat(
            Optional.ofNullable(most).flatMap(m -> tooMany(m, alike, waiting)).stream(),
            Optional.ofNullable(rate).flatMap(r -> tooOften(r, alike, waiting)).stream())
        .toList();
  }

  private Optional<Reached> tooMany(
      int most, List<CredentialLease> alike, Optional<CredentialLease> waiting) {
    var holders =
        alike.stream()
            .filter(l -> live(l) && !own(l))
            .filter(l -> held(l) || before(waiting).test(l))
            .map(l -> l.getSpec().pod().uid() + "/" + l.getSpec().credential())
            .distinct()
            .count();
    return holders < most
        ? Optional.empty()
        : Optional.of(
            new Reached(
                Reason.LeaseLimit,
                "pods of CredentialRequest %s hold %d of %s as \"%s\", and limits.maxLeases is %d"
                    .formatted(request(), holders, provider(), access(), most)));
  }

  private Optional<Reached> tooOften(
      Rate rate, List<CredentialLease> alike, Optional<CredentialLease> waiting) {
    var since = waiting.map(Quota::created).orElse(facts.now()).minus(Durations.parse(rate.per()));
    var recent =
        alike.stream().filter(l -> created(l).isAfter(since)).filter(before(waiting)).count();
    return recent < rate.count()
        ? Optional.empty()
        : Optional.of(
            new Reached(
                Reason.RateLimit,
                "pods of CredentialRequest %s were given %d of %s as \"%s\" within %s, and limits.rate.count is %d"
                    .formatted(request(), recent, provider(), access(), rate.per(), rate.count())));
  }

  /** Of the same provider and level: that is what the policy is about. */
  private boolean alike(CredentialLease lease) {
    return lease.getSpec().providerRef().equals(facts.credential().providerRef())
        && lease.getSpec().access().equals(facts.credential().access());
  }

  private boolean own(CredentialLease lease) {
    return lease.getSpec().pod().uid().equals(facts.pod().getMetadata().getUid())
        && lease.getSpec().credential().equals(facts.credential().name());
  }

  private static boolean held(CredentialLease lease) {
    var status = lease.getStatus();
    return status != null && status.activatedAt() != null;
  }

  /** Made before the one that waits; where none waits yet, all are. */
  private static Predicate<CredentialLease> before(Optional<CredentialLease> waiting) {
    return lease -> waiting.map(w -> ORDER.compare(lease, w) < 0).orElse(true);
  }

  private static Instant created(CredentialLease lease) {
    return Instant.parse(lease.getMetadata().getCreationTimestamp());
  }

  private String request() {
    return facts.request().getMetadata().getName();
  }

  private Object provider() {
    return facts.credential().providerRef();
  }

  private String access() {
    return facts.credential().access();
  }
}
