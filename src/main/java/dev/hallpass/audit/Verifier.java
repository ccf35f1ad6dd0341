package dev.hallpass.audit;

import dev.hallpass.audit.Flaw.Fault;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Proves of files that they hold trails whole: of each chain every record, in its order, as it was
 * written. {@code docs/audit.md} says what cannot be proven. Reads alone; keeps some hundred bytes
 * for each record.
 *
 * <p>{@code kubectl hallpass audit verify} is this, with what the cluster has as {@link Trust}.
 */
public final class Verifier implements Records.Reader {

  /** Whether chains may be missing altogether. */
  public enum Scope {
    /** The files are all there are: a chain that others know of, and the files not, is missing. */
    AllChains,
    /** The files are some: of chains that are not in them, nothing is said. */
    TheseChains
  }

  private final Trust trust;
  private final Map<String, Integer> order = new HashMap<>();
  private final Map<String, Map<Path, List<Found>>> chains = new LinkedHashMap<>();
  private final Set<String> absent = new HashSet<>();
  private final List<Flaw> flaws = new ArrayList<>();

  private Verifier(Trust trust) {
    this.trust = trust;
  }

  /**
   * Verifies these files, in which any number of chains may be, each over any number of them.
   *
   * @throws IOException where a file cannot be read
   */
  public static Report verify(List<Path> files, Trust trust, Scope scope) throws IOException {
    var verifier = new Verifier(trust);
    for (var file : files) {
      verifier.order.putIfAbsent(file.toString(), verifier.order.size());
      Records.read(file, verifier);
    }
    return verifier.report(scope);
  }

  @Override
  public void record(Path file, long line, Map<String, @Nullable Object> event) {
    Found found;
    try {
      found = Found.of(file, line, event);
    } catch (IllegalArgumentException e) {
      unreadable(file, line, "no audit record: " + e.getMessage());
      return;
    }
    chains
        .computeIfAbsent(found.chain(), c -> new LinkedHashMap<>())
        .computeIfAbsent(file, f -> new ArrayList<>())
        .add(found);
  }

  @Override
  public void unreadable(Path file, long line, String why) {
    flaws.add(new Flaw(Fault.Unreadable, file.toString(), line, "", -1, why));
  }

  private Report report(Scope scope) {
    var checks = new LinkedHashMap<String, ChainCheck>();
    chains.forEach((chain, parts) -> checks.put(chain, check(parts)));
    for (var head : trust.heads()) {
      published(head, checks, scope);
    }
    for (var parts : chains.values()) {
      parts.values().stream()
          .flatMap(List::stream)
          .forEach(record -> mentions(record, checks, scope));
    }
    checks.values().forEach(check -> flaws.addAll(check.flaws()));
    if (chains.isEmpty()) {
      flaws.add(new Flaw(Fault.Empty, "", 0, "", -1, "there are no records in these files"));
    }
    flaws.sort(
        Comparator.comparingInt((Flaw f) -> order.getOrDefault(f.file(), Integer.MAX_VALUE))
            .thenComparingLong(Flaw::line));
    return new Report(List.copyOf(flaws), checks.values().stream().map(ChainCheck::state).toList());
  }

  /** Files may be given in any order; within one, what was written first stands first. */
  private ChainCheck check(Map<Path, List<Found>> parts) {
    var check = new ChainCheck(trust);
    parts.values().stream()
        .sorted(
            Comparator.comparingLong(
                part -> part.stream().mapToLong(Found::sequence).min().orElse(0)))
        .flatMap(List::stream)
        .forEach(check::next);
    return check;
  }

  private void published(Head head, Map<String, ChainCheck> checks, Scope scope) {
    if (!trust.vouches(head)) {
      flaws.add(
          new Flaw(
              Fault.BadCheckpoint,
              "",
              0,
              head.writer(),
              head.upTo(),
              "the published checkpoint is not signed by a trusted key"));
      return;
    }
    known(head.mention(), "the cluster", head.writer(), checks, scope);
  }

  private void mentions(Found record, Map<String, ChainCheck> checks, Scope scope) {
    var checkpoint = record.checkpoint();
    if (checkpoint != null) {
      var by = "record %d of %s".formatted(record.sequence(), record.writer());
      checkpoint.others().forEach(seen -> known(seen, by, "", checks, scope));
    }
  }

  private void known(
      Head.Seen seen, String by, String writer, Map<String, ChainCheck> checks, Scope scope) {
    var check = checks.get(seen.chain());
    if (check != null) {
      check.known(seen, by);
    } else if (scope == Scope.AllChains && absent.add(seen.chain())) {
      flaws.add(
          new Flaw(
              Fault.Missing,
              "",
              0,
              writer,
              seen.upTo(),
              "%s knows of chain %s, which is in no file".formatted(by, seen.chain())));
    }
  }
}
