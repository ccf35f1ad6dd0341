package dev.hallpass.notification;

/** What a receiver is told of. */
public enum Occasion {
  /** A credential is held back until people approve it. */
  APPROVAL_AWAITED("dev.hallpass.approval.awaited"),
  /** Enough people approved it. */
  APPROVAL_GRANTED("dev.hallpass.approval.granted"),
  /** Somebody said no, or nobody said yes in time. */
  APPROVAL_DENIED("dev.hallpass.approval.denied"),
  /** Somebody opened a break-glass. */
  BREAK_GLASS_OPENED("dev.hallpass.breakglass.opened"),
  /** A break-glass is over, and waits for its review. */
  BREAK_GLASS_ENDED("dev.hallpass.breakglass.ended"),
  /** Somebody else than its opener reviewed a break-glass. */
  BREAK_GLASS_REVIEWED("dev.hallpass.breakglass.reviewed");

  private final String type;

  Occasion(String type) {
    this.type = type;
  }

  /** The CloudEvents attribute {@code type}. */
  public String type() {
    return type;
  }
}
