package dev.hallpass.audit;

import dev.hallpass.audit.Flaw.Fault;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Whether the records of one chain are all there, in their order, as they were written. */
final class ChainCheck {
  private final Trust trust;
  private final List<Flaw> flaws = new ArrayList<>();
  private final Map<Long, Found> known = new HashMap<>();
  private @Nullable Found last;
  private @Nullable Found end;
  private long vouched;
  private int every;
  private int unsigned;

  ChainCheck(Trust trust) {
    this.trust = trust;
  }

  /** The next record that was found. */
  void next(Found record) {
    if (!record.intact()) {
      flaws.add(record.flaw(Fault.Changed, "its hash is not that of what it says"));
    }
    var before = known.putIfAbsent(record.sequence(), record);
    if (before != null) {
      repeated(record, before);
      return;
    }
    var latest = last;
    if (latest != null && record.sequence() < latest.sequence()) {
      flaws.add(
          record.flaw(Fault.OutOfOrder, "it stands after record %d".formatted(latest.sequence())));
      return;
    }
    link(record, latest);
    last = record;
    coverage(record);
  }

  private void repeated(Found record, Found before) {
    var where = "%s:%d".formatted(before.file(), before.line());
    flaws.add(
        record.hash().equals(before.hash())
            ? record.flaw(Fault.Duplicate, "it is at %s already".formatted(where))
            : record.flaw(Fault.Forked, "another record of that number is at " + where));
  }

  private void link(Found record, @Nullable Found latest) {
    var expected = latest == null ? 0 : latest.sequence() + 1;
    if (record.sequence() > expected) {
      flaws.add(
          record.flaw(
              Fault.Missing,
              "records %d to %d are not before it".formatted(expected, record.sequence() - 1)));
    } else if (!record.previous().equals(latest == null ? Chain.NOTHING : latest.hash())) {
      flaws.add(record.flaw(Fault.Changed, "it does not follow from the record before it"));
    } else if (latest != null && !record.source().equals(latest.source())) {
      flaws.add(record.flaw(Fault.Changed, "its source is not that of the chain"));
    } else if (latest == null && !record.begins()) {
      flaws.add(record.flaw(Fault.Missing, "the chain does not begin here"));
    }
    if (end != null) {
      flaws.add(
          record.flaw(Fault.AfterEnd, "the chain ended with record %d".formatted(end.sequence())));
    }
  }

  /** The first checkpoint follows the beginning at once, and others soon enough. */
  private void coverage(Found record) {
    if (record.isCheckpoint()) {
      checkpoint(record);
      unsigned = 0;
      return;
    }
    if (record.begins()) {
      every = record.every();
      unsigned = 0;
      return;
    }
    unsigned++;
    if (record.sequence() == 1 || unsigned == every + 1) {
      flaws.add(record.flaw(Fault.Unsigned, "a checkpoint should be here"));
    }
  }

  private void checkpoint(Found record) {
    var checkpoint = record.checkpoint();
    var fault = checkpoint == null ? "it is not as writers write it" : fault(record, checkpoint);
    if (fault != null) {
      flaws.add(
          record.flaw(
              Fault.BadCheckpoint,
              "%s; records from %d on are not vouched for".formatted(fault, vouched)));
      return;
    }
    vouched = record.sequence() + 1;
    if (record.closes()) {
      end = record;
    }
  }

  private @Nullable String fault(Found record, Checkpoint checkpoint) {
    var head = checkpoint.head();
    if (!trust.vouches(head)) {
      return "it is not signed by a trusted key";
    }
    if (!head.chain().equals(record.chain())
        || !head.writer().equals(record.writer())
        || head.upTo() != record.sequence() - 1
        || !head.hash().equals(record.previous())) {
      return "it is about other records than those before it";
    }
    return head.seen().equals(Checkpoint.seen(checkpoint.others()))
        ? null
        : "what it says of other chains was not signed";
  }

  /** What another place knows of this chain. */
  void known(Head.Seen seen, String by) {
    var record = known.get(seen.upTo());
    var latest = last;
    if (record != null && !record.hash().equals(seen.hash())) {
      flaws.add(record.flaw(Fault.Changed, "%s knows another record of that number".formatted(by)));
    } else if (latest != null && latest.sequence() <= seen.upTo()) {
      flaws.add(
          latest.flaw(Fault.Cut, "%s knows of records up to %d".formatted(by, seen.upTo() + 1)));
    } else if (latest != null && seen.closed() && end == null) {
      flaws.add(latest.flaw(Fault.Cut, "%s knows of the chain's end".formatted(by)));
    }
  }

  List<Flaw> flaws() {
    return List.copyOf(flaws);
  }

  Report.ChainState state() {
    var latest = last;
    return new Report.ChainState(
        latest == null ? "" : latest.writer(),
        latest == null ? "" : latest.chain(),
        known.size(),
        vouched,
        end != null);
  }
}
