package dev.hallpass.cli;

import static java.util.stream.Collectors.joining;

import dev.hallpass.cli.StatusReport.ProviderLine;
import dev.hallpass.cli.StatusReport.RequestLine;
import java.util.List;
import java.util.stream.Stream;

/** One screen that says how Hallpass stands: what is well in a line, what is not in a line each. */
final class StatusText {
  private static final String INDENT = "  ";

  private StatusText() {}

  static void write(StatusReport report, Page page) {
    page.line(Tone.TITLE, "Hallpass in " + report.scope());
    banner(report, page);
    page.line("");
    summary(report, page);
    providers(report, page);
    requests(report, page);
    approvals(report, page);
    leases(report, page);
    report.unseen().forEach(u -> page.line(Tone.FAINT, "not shown: " + u));
  }

  /** An override is not to be overlooked. */
  private static void banner(StatusReport report, Page page) {
    if (report.breakGlasses().isEmpty()) {
      return;
    }
    var open = report.breakGlasses().stream().filter(BreakGlassView::open).count();
    page.line("")
        .line(
            Tone.LOUD,
            " BREAK-GLASS: %d open, %d to be reviewed "
                .formatted(open, report.breakGlasses().size() - open));
    var table = new Table();
    report
        .breakGlasses()
        .forEach(
            g ->
                table.row(
                    List.of(
                        new Cell(Tone.PLAIN, "bglass/" + named(report, g.namespace(), g.name())),
                        Cell.of(g.open() ? Tone.BAD : Tone.WARNING, g.phase()),
                        Cell.of("by " + g.openedBy()),
                        Cell.of(g.incident()),
                        Cell.of(
                            g.open()
                                ? "ends " + Spans.until(g.endsAt(), report.at())
                                : "unreviewed for "
                                    + Spans.age(g.unreviewedSince(), report.at())))));
    page.table(INDENT, table);
  }

  private static void approvals(StatusReport report, Page page) {
    var table = new Table();
    report
        .waiting()
        .forEach(
            w ->
                table.row(
                    List.of(
                        new Cell(Tone.WARNING, "?"),
                        new Cell(
                            Tone.PLAIN,
                            "clease/" + named(report, w.lease().namespace(), w.lease().name())),
                        Cell.of("%s on %s".formatted(w.lease().access(), w.lease().provider())),
                        Cell.of("for pod " + w.lease().pod()),
                        Cell.of(w.asked()),
                        Cell.of("denied " + Spans.until(w.deadline(), report.at())),
                        Cell.of(
                            "kubectl hallpass approve %s -n %s"
                                .formatted(w.lease().name(), w.lease().namespace())))));
    section("Leases that wait for approval, by approve or deny", report.waiting(), table, page);
  }

  private static void summary(StatusReport report, Page page) {
    var table = new Table();
    var ready = report.providers().stream().filter(ProviderLine::ready).count();
    table.row(
        List.of(
            new Cell(Tone.PLAIN, "Providers"), counted(ready, report.providers().size(), "ready")));
    var requests = report.requests();
    table.row(
        List.of(
            new Cell(Tone.PLAIN, "Requests"),
            counted(
                requests.stream().filter(RequestLine::ready).count(), requests.size(), "ready")));
    table.row(List.of(new Cell(Tone.PLAIN, "Pods"), pods(requests)));
    table.row(
        List.of(
            new Cell(Tone.PLAIN, "Leases"),
            new Cell(
                Tone.PLAIN,
                report.leases().isEmpty()
                    ? "none"
                    : report.leases().entrySet().stream()
                        .map(e -> e.getValue() + " " + e.getKey())
                        .collect(joining(", ")))));
    page.table("", table);
  }

  private static Cell counted(long good, long all, String word) {
    if (all == 0) {
      return new Cell(Tone.FAINT, "none");
    }
    return good == all
        ? new Cell(Tone.GOOD, "%d %s".formatted(all, word))
        : new Cell(Tone.BAD, "%d of %d %s".formatted(good, all, word));
  }

  private static Cell pods(List<RequestLine> requests) {
    var all = requests.stream().mapToInt(RequestLine::pods).sum();
    var waiting = requests.stream().mapToInt(RequestLine::waiting).sum();
    var failing = requests.stream().mapToInt(RequestLine::failing).sum();
    var bare = requests.stream().mapToInt(RequestLine::bare).sum();
    var served = all - waiting - failing - bare;
    var text =
        Stream.of(
                "%d with their credentials".formatted(served),
                waiting == 0 ? "" : waiting + " waiting",
                failing == 0 ? "" : failing + " failing",
                bare == 0 ? "" : bare + " not injected")
            .filter(t -> !t.isEmpty())
            .collect(joining(", "));
    return all == 0
        ? new Cell(Tone.FAINT, "none selected")
        : new Cell(served == all ? Tone.GOOD : failing + bare > 0 ? Tone.BAD : Tone.WARNING, text);
  }

  private static void providers(StatusReport report, Page page) {
    var bad = report.providers().stream().filter(p -> !p.ready()).toList();
    var table = new Table();
    bad.forEach(
        p ->
            table.row(
                List.of(
                    new Cell(Tone.BAD, "✗"),
                    new Cell(Tone.PLAIN, p.kind() + "/" + named(report, p.namespace(), p.name())),
                    new Cell(Tone.BAD, p.reason()),
                    new Cell(Tone.PLAIN, p.message()))));
    section("Providers that are not ready", bad, table, page);
  }

  private static void requests(StatusReport report, Page page) {
    var bad = report.requests().stream().filter(r -> !r.fine()).toList();
    var table = new Table();
    bad.forEach(
        r ->
            table.row(
                List.of(
                    new Cell(Tone.BAD, "✗"),
                    new Cell(Tone.PLAIN, "creq/" + named(report, r.namespace(), r.name())),
                    new Cell(r.ready() ? Tone.WARNING : Tone.BAD, standing(r)),
                    new Cell(Tone.PLAIN, r.ready() && r.bare() == 0 ? hint(r) : r.message()))));
    section("Requests that need attention", bad, table, page);
  }

  private static String standing(RequestLine request) {
    if (!request.ready() || request.bare() > 0) {
      return request.reason();
    }
    return Stream.of(
            request.failing() == 0 ? "" : request.failing() + " failing",
            request.waiting() == 0 ? "" : request.waiting() + " waiting")
        .filter(t -> !t.isEmpty())
        .collect(joining(", "));
  }

  private static String hint(RequestLine request) {
    return "kubectl hallpass explain creq/%s -n %s".formatted(request.name(), request.namespace());
  }

  private static void leases(StatusReport report, Page page) {
    var ending = new Table();
    report
        .ending()
        .forEach(
            l ->
                ending.row(
                    List.of(
                        new Cell(Tone.WARNING, "!"),
                        new Cell(Tone.PLAIN, "clease/" + named(report, l.namespace(), l.name())),
                        new Cell(Tone.WARNING, "ends " + Spans.until(l.expiresAt(), report.at())),
                        new Cell(Tone.PLAIN, "pod " + l.pod()))));
    section("Leases that were not renewed in time", report.ending(), ending, page);
    var revoking = new Table();
    report
        .revoking()
        .forEach(
            l ->
                revoking.row(
                    List.of(
                        new Cell(l.trouble() == null ? Tone.WARNING : Tone.BAD, "…"),
                        new Cell(Tone.PLAIN, "clease/" + named(report, l.namespace(), l.name())),
                        Cell.of("for " + Spans.age(l.endedAt(), report.at())),
                        Cell.of(l.endedBy()),
                        Cell.of(l.trouble()))));
    section("Leases whose end the target has not confirmed", report.revoking(), revoking, page);
  }

  private static void section(String title, List<?> lines, Table table, Page page) {
    if (!lines.isEmpty()) {
      page.line("").line(Tone.TITLE, title).table(INDENT, table);
    }
  }

  /** With its namespace where that is not plain. */
  private static String named(
      StatusReport report, @org.jspecify.annotations.Nullable String namespace, String name) {
    return namespace == null || !report.scope().startsWith("all") ? name : namespace + "/" + name;
  }
}
