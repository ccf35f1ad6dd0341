package dev.hallpass.notification;

/** What came of an attempt to deliver a notice. */
public sealed interface Delivery {

  /** The receiver has it. */
  record Delivered() implements Delivery {}

  /** The receiver answered, and did not take it. */
  record Refused(int status) implements Delivery {}

  /** Nobody answered, or not by whom the receiver is verified. */
  record Unreachable(String message) implements Delivery {}

  /** The Secret is missing or wrong, so that nothing was sent. */
  record Unsigned(String message) implements Delivery {}
}
