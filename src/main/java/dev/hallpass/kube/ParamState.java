package dev.hallpass.kube;

import dev.hallpass.wire.Reason;
import java.util.Map;

/** What is known of an object that a policy takes its parameters from. */
public sealed interface ParamState {

  /**
   * It is there.
   *
   * @param value the variable {@code params}
   */
  record Found(Map<String, ?> value) implements ParamState {}

  /**
   * It may be read, and is not there.
   *
   * @param message names the field, and what to do
   */
  record Missing(String message) implements ParamState {}

  /**
   * Whether it is there cannot be told.
   *
   * @param message names the field, and what to do
   */
  record Unreadable(Reason reason, String message) implements ParamState {}
}
