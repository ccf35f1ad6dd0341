package dev.hallpass.policy.cel;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelContainer;
import dev.cel.common.CelValidationException;
import dev.cel.runtime.CelEvaluationException;
import dev.hallpass.policy.cel.CelValues.UnsupportedException;
import java.util.HashMap;
import java.util.Optional;

/**
 * One conformance case. Policies are always type-checked: a case that wants an error at run time
 * has it when it is refused before.
 *
 * @param name file/section/test
 * @param test what it says
 */
record CelCase(String name, JsonNode test) {

  /**
   * What is other than the case expects, in the environment of policies; empty where nothing is.
   */
  Optional<String> difference() {
    try {
      return difference(tree());
    } catch (CelValidationException e) {
      return test.has("evalError") && !e.getMessage().contains("undeclared reference")
          ? Optional.empty()
          : Optional.of(line(e.getMessage()));
    } catch (UnsupportedException | IllegalArgumentException e) {
      return Optional.of(line(e.getMessage()));
    }
  }

  private CelAbstractSyntaxTree tree() throws CelValidationException {
    var environment = Language.environment();
    if (test.path("disableMacros").asBoolean()) {
      throw new UnsupportedException("without macros, of which a policy has all");
    }
    if (test.has("container")) {
      environment.setContainer(CelContainer.ofName(test.path("container").asText()));
    }
    for (var declared : test.path("typeEnv")) {
      if (!declared.has("ident")) {
        throw new UnsupportedException("functions that a case declares");
      }
      environment.addVar(
          declared.path("name").asText(), CelValues.type(declared.path("ident").path("type")));
    }
    return environment.build().compile(test.path("expr").asText()).getAst();
  }

  private Optional<String> difference(CelAbstractSyntaxTree tree) {
    var deduced = test.path("typedResult").path("deducedType");
    if (!deduced.isMissingNode() && !CelValues.type(deduced).equals(tree.getResultType())) {
      return Optional.of("deduced " + tree.getResultType().name() + ", not " + deduced);
    }
    if (test.path("checkOnly").asBoolean()) {
      return Optional.empty();
    }
    var bindings = new HashMap<String, Object>();
    test.path("bindings")
        .properties()
        .forEach(b -> bindings.put(b.getKey(), CelValues.value(b.getValue().path("value"))));
    try {
      var got = Language.environment().build().createProgram(tree).trace(bindings, new Allowance());
      if (test.has("evalError")) {
        return Optional.of("no error, but " + got);
      }
      var expected = expected();
      return CelValues.same(expected, got)
          ? Optional.empty()
          : Optional.of("expected %s, got %s".formatted(expected, got));
    } catch (CelEvaluationException e) {
      return test.has("evalError") ? Optional.empty() : Optional.of(line(e.getMessage()));
    }
  }

  private Object expected() {
    if (test.has("value")) {
      return CelValues.value(test.path("value"));
    }
    return test.path("typedResult").has("result")
        ? CelValues.value(test.path("typedResult").path("result"))
        : true;
  }

  private static String line(String message) {
    return message == null ? "no message" : message.lines().findFirst().orElse("");
  }
}
