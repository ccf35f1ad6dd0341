package dev.hallpass.cli;

import dev.hallpass.cli.TreeReport.PodNode;
import dev.hallpass.cli.TreeReport.RequestNode;
import java.util.List;

/** Draws requests, their pods, and the leases of these. */
final class TreeText {
  private static final String BRANCH = "├─ ";
  private static final String LAST = "└─ ";
  private static final String BESIDE_BRANCH = "│  ";
  private static final String BESIDE_LAST = "   ";

  private TreeText() {}

  static void write(TreeReport report, Page page) {
    if (report.requests().isEmpty()) {
      page.line("No CredentialRequests in %s.".formatted(report.scope()));
    }
    var everywhere = report.scope().startsWith("all");
    for (var request : report.requests()) {
      write(request, everywhere ? request.namespace() + "/" : "", report, page);
    }
  }

  private static void write(RequestNode request, String prefix, TreeReport report, Page page) {
    page.line(
        "%s  %s  %s"
            .formatted(
                page.in(Tone.TITLE, "creq/" + prefix + request.name()),
                page.in(request.ready() ? Tone.GOOD : Tone.BAD, request.reason()),
                page.in(Tone.FAINT, "%s: %s".formatted(request.owner(), request.purpose()))));
    if (request.pods().isEmpty()) {
      page.line(LAST + page.in(Tone.FAINT, "selects no pod"));
    }
    for (var i = 0; i < request.pods().size(); i++) {
      var last = i == request.pods().size() - 1;
      var pod = request.pods().get(i);
      page.line(
          "%spod/%s  %s"
              .formatted(
                  last ? LAST : BRANCH,
                  pod.name(),
                  page.in(tone(pod), word(pod, request.namespace()))));
      leases(pod, last ? BESIDE_LAST : BESIDE_BRANCH, report, page);
    }
  }

  private static void leases(PodNode pod, String indent, TreeReport report, Page page) {
    var table = new Table();
    for (var i = 0; i < pod.leases().size(); i++) {
      var lease = pod.leases().get(i);
      table.row(
          List.of(
              Cell.of((i == pod.leases().size() - 1 ? LAST : BRANCH) + lease.credential()),
              Cell.of("%s on %s".formatted(lease.access(), lease.provider())),
              new Cell(LeaseView.tone(lease.phase()), lease.phase().name()),
              Cell.of(expires(lease, report)),
              new Cell(Tone.FAINT, "clease/" + lease.name())));
    }
    page.table(indent, table);
  }

  private static String expires(LeaseView lease, TreeReport report) {
    var ended = lease.endedBy();
    if (ended != null) {
      return ended;
    }
    return lease.expiresAt() == null
        ? ""
        : "expires " + Spans.until(lease.expiresAt(), report.at());
  }

  private static Tone tone(PodNode pod) {
    return switch (pod.standing()) {
      case Served -> Tone.GOOD;
      case Waiting, Gone -> Tone.WARNING;
      case Failing, NotInjected -> Tone.BAD;
      case Ended -> Tone.FAINT;
    };
  }

  private static String word(PodNode pod, String namespace) {
    return switch (pod.standing()) {
      case Served -> "has its credentials";
      case Waiting -> "waits for a credential";
      case Failing ->
          "fails: kubectl hallpass explain pod/%s -n %s".formatted(pod.name(), namespace);
      case NotInjected -> "was created without injection";
      case Ended -> "has ended";
      case Gone -> "is gone";
    };
  }
}
