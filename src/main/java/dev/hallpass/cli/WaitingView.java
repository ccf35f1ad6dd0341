package dev.hallpass.cli;

import static java.util.stream.Collectors.joining;

import dev.hallpass.api.v1alpha1.CredentialLease;
import org.jspecify.annotations.Nullable;

/**
 * A lease that waits for people.
 *
 * @param asked how many of whom have said yes, by policy
 * @param deadline when it is denied
 */
record WaitingView(LeaseView lease, String asked, @Nullable String deadline) {

  static WaitingView of(CredentialLease lease) {
    var status = lease.getStatus();
    var approval = status == null ? null : status.approval();
    return new WaitingView(
        LeaseView.of(lease),
        approval == null
            ? ""
            : approval.policies().stream()
                .map(d -> "%d of %d for %s".formatted(d.given(), d.needed(), d.name()))
                .collect(joining(", ")),
        approval == null ? null : approval.deadline());
  }
}
