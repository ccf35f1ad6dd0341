package dev.hallpass.audit;

/** An event could not be recorded, so that what it tells of must not happen. */
public final class AuditUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** With what stands in the way, which is fit for the caller of the broker. */
  public AuditUnavailableException(String message) {
    super(message);
  }
}
