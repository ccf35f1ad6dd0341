package dev.hallpass.app;

import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.lease.LeaseJudge;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * How many leases are not over.
 *
 * @param byNamespace none of them zero
 */
record LiveLeases(Map<String, Integer> byNamespace) {
  /** More than a person reads. */
  private static final int NAMED = 8;

  /** None. */
  static final LiveLeases NONE = new LiveLeases(Map.of());

  LiveLeases {
    byNamespace = Map.copyOf(byNamespace);
  }

  /** Counts what there is. */
  static final class Count {
    private final Map<String, Integer> byNamespace = new TreeMap<>();

    void add(CredentialLease lease) {
      if (!LeaseJudge.over(lease)) {
        byNamespace.merge(lease.getMetadata().getNamespace(), 1, Integer::sum);
      }
    }

    LiveLeases counted() {
      return new LiveLeases(byNamespace);
    }
  }

  boolean none() {
    return byNamespace.isEmpty();
  }

  /** The fullest namespaces first: {@code 5 leases are not over: 3 in shop, 2 in billing}. */
  @Override
  public String toString() {
    var all = byNamespace.values().stream().mapToInt(Integer::intValue).sum();
    var named =
        byNamespace.entrySet().stream()
            .sorted(
                Map.Entry.<String, Integer>comparingByValue(Comparator.reverseOrder())
                    .thenComparing(Map.Entry.comparingByKey()))
            .limit(NAMED)
            .map(e -> e.getValue() + " in " + e.getKey())
            .collect(Collectors.joining(", "));
    var others = byNamespace.size() - NAMED;
    return "%d %s not over: %s%s"
        .formatted(
            all,
            all == 1 ? "lease is" : "leases are",
            named,
            others > 0 ? ", the others in %d more".formatted(others) : "");
  }
}
