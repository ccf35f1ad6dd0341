package dev.hallpass.policy.cel;

import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime.Program;

/** A compiled expression. Thread-safe. */
public final class Expression {
  private final String source;
  private final Program program;

  Expression(String source, Program program) {
    this.source = source;
    this.program = program;
  }

  /** As its author wrote it. */
  public String source() {
    return source;
  }

  /**
   * Its value in this scope: a Boolean or a String, as it was compiled for.
   *
   * @throws ExpressionException where it has none: a key that is not there, a number that does not
   *     fit, or more steps or larger values than an expression may take
   */
  public Object evaluate(Scope<?> scope) {
    try {
      return program.trace(scope, new Allowance());
    } catch (CelEvaluationException e) {
      throw new ExpressionException(e.getMessage(), e);
    }
  }
}
