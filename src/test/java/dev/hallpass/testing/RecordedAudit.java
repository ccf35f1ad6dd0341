package dev.hallpass.testing;

import dev.hallpass.audit.AuditEvent;
import dev.hallpass.audit.AuditLog;
import dev.hallpass.audit.AuditUnavailableException;
import dev.hallpass.audit.Trace;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Remembers what was said, in its order; can be told to fail. */
public final class RecordedAudit implements AuditLog {
  private final List<AuditEvent> said = new CopyOnWriteArrayList<>();
  private volatile boolean failing;
  private volatile @Nullable AuditLog next;

  /** All that was said up to now. */
  public List<AuditEvent> said() {
    return List.copyOf(said);
  }

  /** All of one kind. */
  public <T extends AuditEvent> List<T> said(Class<T> kind) {
    return said.stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  /** From now on another log hears of all, too. */
  public void passOnTo(AuditLog log) {
    next = log;
  }

  private void pass(Consumer<AuditLog> word) {
    var log = next;
    if (log != null) {
      word.accept(log);
    }
  }

  /** From now on nothing can be written. */
  public void fail() {
    failing = true;
  }

  /** From now on it can again. */
  public void heal() {
    failing = false;
  }

  @Override
  public void require(AuditEvent event, Trace trace) {
    if (failing) {
      throw new AuditUnavailableException("the test's log fails");
    }
    said.add(event);
    pass(log -> log.require(event, trace));
  }

  @Override
  public void note(AuditEvent event, Trace trace) {
    said.add(event);
    pass(log -> log.note(event, trace));
  }

  @Override
  public void keep(AuditEvent event, Trace trace) {
    said.add(event);
    pass(log -> log.keep(event, trace));
  }
}
