package dev.hallpass.notification;

/** What came of an attempt to deliver a notice. */
public sealed interface NoticeDelivery {

  /** The receiver has it. */
  record Delivered() implements NoticeDelivery {}

  /** The receiver answered, and did not take it. */
  record Refused(int status) implements NoticeDelivery {}

  /** Nobody answered, or not by whom the receiver is verified. */
  record Unreachable(String message) implements NoticeDelivery {}

  /** The Secret is missing or wrong, so that nothing was sent. */
  record Unsigned(String message) implements NoticeDelivery {}
}
