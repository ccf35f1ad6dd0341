package dev.hallpass.kube;

import dev.hallpass.wire.Reason;

/** What a condition says of an object. */
public sealed interface Statement {

  /** The type of the condition, e.g. {@link Conditions#READY}. */
  String type();

  /** The word for why. */
  Reason reason();

  /** The same for a person. */
  String message();

  /** The condition is {@code True}. */
  record Holds(String type, Reason reason, String message) implements Statement {}

  /** The condition is {@code False}. */
  record Fails(String type, Reason reason, String message) implements Statement {}
}
