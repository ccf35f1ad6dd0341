package dev.hallpass.policy.cel;

import dev.cel.common.ast.CelExpr;
import dev.cel.common.ast.CelExpr.CelCall;
import dev.cel.common.values.CelByteString;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelEvaluationListener;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * How much one evaluation may still make: characters of texts, bytes, and elements of lists and
 * maps. Each value that a part of the expression makes takes of it what it holds, however deep, and
 * as often as it holds it, so that no value is too large to be walked through or printed, either.
 * What the scope has costs nothing until it is put into something new. Not thread-safe.
 *
 * <p>A value is looked at when it is made, and can be twice as large as what it was made of. Where
 * it can be more, the function looks first; see {@link Texts}.
 */
final class Allowance implements CelEvaluationListener {
  /** Of one evaluation, all in all. */
  static final int SIZE = 1_000_000;

  private static final String OVERDRAWN =
      "it makes more than %,d characters, bytes and elements".formatted(SIZE);

  /** What lists and maps are built up in by macros. No author can name it. */
  private static final String ACCUMULATOR = "@result";

  /** Functions that make nothing, and give what is there. */
  private static final Set<String> GIVING =
      Set.of(
          "_[_]",
          "_?._",
          "_[?_]",
          "_?_:_",
          "dyn",
          "optional.of",
          "optional.ofNonZeroValue",
          "or",
          "orValue",
          "value");

  private long left = SIZE;

  /**
   * Refuses what would be too large by itself, before it is made.
   *
   * @throws CelEvaluationException where it is
   */
  static void require(long size) throws CelEvaluationException {
    if (size > SIZE) {
      throw new CelEvaluationException(OVERDRAWN);
    }
  }

  /** Once overdrawn, the evaluation has no value, whatever errors {@code ||} passes over. */
  @Override
  public void callback(CelExpr part, Object value) {
    if (left >= 0 && makes(part, value)) {
      take(value);
    }
    if (left < 0) {
      throw new ExpressionException(OVERDRAWN);
    }
  }

  private static boolean makes(CelExpr part, Object value) {
    return switch (part.getKind()) {
      case CONSTANT, IDENT, SELECT, NOT_SET -> false;
      case LIST, MAP, STRUCT -> true;
      case CALL -> !GIVING.contains(part.call().function()) && !accumulates(part.call());
      // Each element of a list has been one of its own before.
      case COMPREHENSION -> value instanceof Map;
    };
  }

  private static boolean accumulates(CelCall call) {
    return !call.args().isEmpty()
        && call.args().getFirst().identOrDefault().name().equals(ACCUMULATOR);
  }

  private void take(Object value) {
    switch (value) {
      case String text -> left -= text.length();
      case CelByteString bytes -> left -= bytes.size();
      case Collection<?> list -> takeAll(list);
      case Map<?, ?> map -> {
        takeAll(map.keySet());
        takeAll(map.values());
      }
      case Optional<?> optional -> optional.ifPresent(this::take);
      case ImageName image -> left -= image.length();
      case Quantity quantity -> left -= quantity.toString().length();
      default -> {}
    }
  }

  private void takeAll(Collection<?> elements) {
    left -= elements.size();
    for (var element : elements) {
      if (left < 0) {
        return;
      }
      take(element);
    }
  }
}
