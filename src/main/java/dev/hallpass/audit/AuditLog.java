package dev.hallpass.audit;

/**
 * Where events become records. All of one log are in the order in which they were said.
 * Thread-safe; each call blocks no longer than it says.
 */
public interface AuditLog {

  /**
   * Says what must not happen unrecorded. When this returns, the record and all that were said
   * before it are with every required sink.
   *
   * @throws AuditUnavailableException where that cannot be had within seconds: whatever the event
   *     tells of must not be done. The record may be written all the same, later; a trail says
   *     rather too much than too little.
   */
  void require(AuditEvent event, Trace trace);

  /**
   * Says what has happened already, or happens whatever becomes of the record. Returns at once, and
   * never fails: the record waits for its sinks, and where too many wait, the trail says how many
   * were left out.
   */
  void note(AuditEvent event, Trace trace);

  /**
   * As {@link #note}, and waits a moment for the record to be written where sinks work. For what is
   * to be recorded before the next step is taken, so that whoever dies in between has said it; a
   * log that cannot be written delays nothing.
   */
  void keep(AuditEvent event, Trace trace);
}
