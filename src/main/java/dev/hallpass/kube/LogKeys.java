package dev.hallpass.kube;

/**
 * The keys under which a log line names what it is about: in JSON, members of its {@code mdc}
 * object.
 */
public final class LogKeys {
  public static final String NAMESPACE = "namespace";
  public static final String POD = "pod";
  public static final String LEASE = "lease";
  public static final String PROVIDER = "provider";
  public static final String REASON = "reason";

  /** What an agent asked the broker for: issue, acknowledge or renew. */
  public static final String OPERATION = "operation";

  private LogKeys() {}
}
