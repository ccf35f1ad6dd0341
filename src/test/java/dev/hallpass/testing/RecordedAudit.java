package dev.hallpass.testing;

import dev.hallpass.audit.AuditEvent;
import dev.hallpass.audit.AuditLog;
import dev.hallpass.audit.AuditUnavailableException;
import dev.hallpass.audit.Trace;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Remembers what was said, in its order; can be told to fail. */
public final class RecordedAudit implements AuditLog {
  private final List<AuditEvent> said = new CopyOnWriteArrayList<>();
  private volatile boolean failing;

  /** All that was said up to now. */
  public List<AuditEvent> said() {
    return List.copyOf(said);
  }

  /** All of one kind. */
  public <T extends AuditEvent> List<T> said(Class<T> kind) {
    return said.stream().filter(kind::isInstance).map(kind::cast).toList();
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
  }

  @Override
  public void note(AuditEvent event, Trace trace) {
    said.add(event);
  }

  @Override
  public void keep(AuditEvent event, Trace trace) {
    said.add(event);
  }
}
