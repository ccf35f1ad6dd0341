package dev.hallpass.policy.cel;

import static java.util.stream.Collectors.toUnmodifiableMap;

import dev.cel.bundle.Cel;
import dev.cel.bundle.CelBuilder;
import dev.cel.bundle.CelFactory;
import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelIssue;
import dev.cel.common.CelOptions;
import dev.cel.common.CelValidationException;
import dev.cel.common.types.CelType;
import dev.cel.common.types.SimpleType;
import dev.cel.extensions.CelExtensions;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.validator.CelValidator;
import dev.cel.validator.CelValidatorFactory;
import dev.cel.validator.validators.DurationLiteralValidator;
import dev.cel.validator.validators.RegexLiteralValidator;
import dev.cel.validator.validators.TimestampLiteralValidator;
import java.lang.reflect.RecordComponent;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * CEL over the facts of a decision: the components of a record are the variables, by their names
 * and types, but for those that Jackson ignores. Expressions are type-checked, and bounded in
 * length, depth, steps and what they {@link Allowance make}.
 *
 * @param <T> the record
 * @see <a href="https://github.com/google/cel-spec/blob/master/doc/langdef.md">CEL language
 *     definition</a>
 */
public final class Language<T extends Record> {
  private static final int MAX_STEPS = 10_000;
  private static final int MAX_DEPTH = 48;
  private static final int MAX_LENGTH = 4_096;
  private static final CelOptions OPTIONS =
      CelOptions.current()
          .enableHeterogeneousNumericComparisons(true)
          .comprehensionMaxIterations(MAX_STEPS)
          .maxParseRecursionDepth(MAX_DEPTH)
          .maxExpressionCodePointSize(MAX_LENGTH)
          .build();

  private final Map<String, Function<T, @Nullable Object>> variables;
  private final Cel cel;
  private final CelValidator validator;

  /** The language over the components of this record. */
  public Language(Class<T> facts) {
    this(facts, Set.of());
  }

  private Language(Class<T> facts, Set<String> untyped) {
    variables =
        JavaTypes.components(facts)
            .collect(toUnmodifiableMap(RecordComponent::getName, Language::accessor));
    cel = cel(facts, untyped);
    validator =
        CelValidatorFactory.standardCelValidatorBuilder(cel)
            .addAstValidators(
                TimestampLiteralValidator.INSTANCE,
                DurationLiteralValidator.INSTANCE,
                RegexLiteralValidator.INSTANCE)
            .build();
  }

  /** The same where one variable may hold anything, so that its use is checked when it is read. */
  public static <T extends Record> Language<T> untyped(Class<T> facts, String variable) {
    return new Language<>(facts, Set.of(variable));
  }

  private static <T> Function<T, @Nullable Object> accessor(RecordComponent component) {
    return facts -> {
      try {
        return component.getAccessor().invoke(facts);
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException(component.getName(), e);
      }
    };
  }

  private static Cel cel(Class<? extends Record> facts, Set<String> untyped) {
    var types = new JavaTypes(facts);
    var builder = environment().setTypeProvider(types);
    types
        .variables()
        .forEach(
            (name, type) -> builder.addVar(name, untyped.contains(name) ? SimpleType.DYN : type));
    return builder.build();
  }

  /** All but the variables and their types. */
  static CelBuilder environment() {
    var builder =
        CelFactory.plannerCelBuilder()
            .setOptions(OPTIONS)
            .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
            .addCompilerLibraries(
                CelExtensions.optional(),
                CelExtensions.strings(),
                CelExtensions.bindings(),
                CelExtensions.comprehensions(),
                CelExtensions.sets(OPTIONS))
            .addRuntimeLibraries(
                CelExtensions.optional(),
                Texts.library(),
                CelExtensions.comprehensions(),
                CelExtensions.sets(OPTIONS));
    Functions.addTo(builder);
    return builder;
  }

  /**
   * Compiles an expression that is true or false.
   *
   * @throws ExpressionException with line and column of what is wrong
   */
  public Expression condition(String source) {
    return compile(source, SimpleType.BOOL);
  }

  /**
   * Compiles an expression that gives a text.
   *
   * @throws ExpressionException with line and column of what is wrong
   */
  public Expression text(String source) {
    return compile(source, SimpleType.STRING);
  }

  private Expression compile(String source, CelType result) {
    try {
      var tree = cel.compile(source).getAst();
      if (!tree.getResultType().equals(result)) {
        throw new ExpressionException(
            "must give a %s, and gives %s"
                .formatted(
                    result.name(),
                    tree.getResultType().equals(SimpleType.DYN)
                        ? "what is known only when it is read; write %s(…)".formatted(result.name())
                        : "a " + tree.getResultType().name()));
      }
      requireValidLiterals(tree);
      return new Expression(source, cel.createProgram(tree));
    } catch (CelValidationException e) {
      throw new ExpressionException(message(e.getErrors().getFirst()), e);
    } catch (CelEvaluationException e) {
      throw new ExpressionException(e.getMessage(), e);
    }
  }

  private void requireValidLiterals(CelAbstractSyntaxTree tree) {
    var result = validator.validate(tree);
    if (result.hasError()) {
      throw new ExpressionException(message(result.getErrors().getFirst()));
    }
  }

  private static String message(CelIssue issue) {
    var at = issue.getSourceLocation();
    return "line %d, column %d: %s"
        .formatted(
            at.getLine(), at.getColumn() + 1, issue.getMessage().lines().findFirst().orElse(""));
  }

  /** The variables as these facts have them. */
  public Scope<T> scope(T facts) {
    return Scope.of(facts, variables);
  }
}
