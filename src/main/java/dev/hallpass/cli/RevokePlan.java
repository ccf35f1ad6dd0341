package dev.hallpass.cli;

import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.api.v1alpha1.ProviderRef;
import dev.hallpass.lease.LeaseJudge;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What is to be done so that credentials end.
 *
 * @param deletions leases to delete
 * @param orders objects to annotate
 * @param ending all leases that end by it, by their names
 */
record RevokePlan(
    List<CredentialLease> deletions, List<Order> orders, Map<String, CredentialLease> ending) {

  /** An annotation to write. */
  record Order(Named object, String value) {}

  /** How long an order stands. */
  enum Duration {
    /** What was issued until now ends; the pod may ask again. */
    ONCE,
    /** Nothing is issued while it stands. */
    STANDING
  }

  /** The plan for these objects of one namespace. */
  static RevokePlan of(
      List<Named> objects, List<CredentialLease> leases, Duration duration, Instant now) {
    var live = leases.stream().filter(l -> !LeaseJudge.over(l)).toList();
    var deletions = new LinkedHashMap<String, CredentialLease>();
    var ending = new LinkedHashMap<String, CredentialLease>();
    var orders = new ArrayList<Order>();
    for (var object : objects) {
      var concerned = live.stream().filter(l -> concerns(object, l)).toList();
      concerned.forEach(l -> ending.put(key(l), l));
      switch (object.kind()) {
        case LEASE, PROVIDER, CLUSTER_PROVIDER -> concerned.forEach(l -> deletions.put(key(l), l));
        case POD, REQUEST -> orders.add(new Order(object, value(concerned, duration, now)));
      }
    }
    return new RevokePlan(List.copyOf(deletions.values()), List.copyOf(orders), ending);
  }

  /** The plan for everything there is. */
  static RevokePlan ofAll(List<CredentialLease> leases) {
    var live = leases.stream().filter(l -> !LeaseJudge.over(l)).toList();
    var ending = new LinkedHashMap<String, CredentialLease>();
    live.forEach(l -> ending.put(key(l), l));
    return new RevokePlan(live, List.of(), ending);
  }

  /** Whether no lease ends for this object. */
  boolean passes(Named object) {
    return ending.values().stream().noneMatch(l -> concerns(object, l));
  }

  /** Tells leases of several namespaces apart. */
  private static String key(CredentialLease lease) {
    return lease.getMetadata().getNamespace() + "/" + lease.getMetadata().getName();
  }

  private static boolean concerns(Named object, CredentialLease lease) {
    var spec = lease.getSpec();
    return switch (object.kind()) {
      case LEASE -> lease.getMetadata().getName().equals(object.name());
      case POD -> spec.pod().name().equals(object.name());
      case REQUEST -> spec.requestRef().name().equals(object.name());
      case PROVIDER ->
          spec.providerRef()
              .equals(new ProviderRef(ProviderRef.Kind.CredentialProvider, object.name()));
      case CLUSTER_PROVIDER ->
          spec.providerRef()
              .equals(new ProviderRef(ProviderRef.Kind.ClusterCredentialProvider, object.name()));
    };
  }

  /**
   * For once, the moment at which the last of the leases was created, by the API server's clock: an
   * order by one that is fast would hold for what is issued afterwards, too. Where there is no
   * lease, this machine's must do.
   */
  private static String value(List<CredentialLease> leases, Duration duration, Instant now) {
    return switch (duration) {
      case STANDING -> "all";
      case ONCE ->
          leases.stream()
              .map(l -> Instant.parse(l.getMetadata().getCreationTimestamp()))
              .max(Instant::compareTo)
              .orElse(now)
              .truncatedTo(ChronoUnit.SECONDS)
              .toString();
    };
  }
}
