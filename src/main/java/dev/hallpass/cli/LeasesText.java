package dev.hallpass.cli;

import dev.hallpass.cli.OutputOptions.Form;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Leases in a table. */
final class LeasesText {
  private LeasesText() {}

  static Table table(List<LeaseView> leases, Namespaces scope, Form form, Instant now) {
    var headings = new ArrayList<String>();
    if (scope instanceof Namespaces.All) {
      headings.add("NAMESPACE");
    }
    headings.addAll(
        List.of("NAME", "POD", "CREDENTIAL", "PROVIDER", "ACCESS", "PHASE", "EXPIRES", "AGE"));
    if (form == Form.wide) {
      headings.addAll(List.of("ENDED-BY", "SUBJECT", "NODE", "OWNER", "PURPOSE"));
    }
    var table = Table.headed(headings);
    leases.forEach(lease -> table.row(row(lease, scope, form, now)));
    return table;
  }

  private static List<Cell> row(LeaseView lease, Namespaces scope, Form form, Instant now) {
    var row = new ArrayList<Cell>();
    if (scope instanceof Namespaces.All) {
      row.add(Cell.of(lease.namespace()));
    }
    row.add(Cell.of(lease.name()));
    row.add(Cell.of(lease.pod()));
    row.add(Cell.of(lease.request() + "/" + lease.credential()));
    row.add(Cell.of(lease.provider()));
    row.add(Cell.of(lease.access()));
    row.add(new Cell(LeaseView.tone(lease.phase()), lease.phase().name()));
    row.add(Cell.of(lease.endedBy() == null ? Spans.until(lease.expiresAt(), now) : ""));
    row.add(Cell.of(Spans.age(lease.createdAt(), now)));
    if (form == Form.wide) {
      row.add(Cell.of(lease.endedBy()));
      row.add(Cell.of(lease.subject()));
      row.add(Cell.of(lease.node()));
      row.add(Cell.of(lease.owner()));
      row.add(Cell.of(lease.purpose()));
    }
    return row;
  }

  /** A change, as a line of its own. */
  static String change(String what, LeaseView lease, Instant now, Paint paint) {
    var trouble = lease.trouble();
    return "%s  %-8s  clease/%s  %s  pod %s, %s/%s%s%s"
        .formatted(
            now.toString().substring(11, 19),
            what,
            lease.name(),
            paint.paint(LeaseView.tone(lease.phase()), lease.phase().name()),
            lease.pod(),
            lease.request(),
            lease.credential(),
            lease.endedBy() == null
                ? lease.expiresAt() == null
                    ? ""
                    : ", expires " + Spans.until(lease.expiresAt(), now)
                : ", " + lease.endedBy(),
            trouble == null ? "" : ": " + Printable.line(trouble));
  }
}
