package dev.hallpass.policy.cel;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.cel.common.types.CelType;
import dev.hallpass.policy.PolicyFacts;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Generates the reference of what policies can ask. {@code hack/generate} runs {@link #main}. */
final class PolicyReference {
  static final Path FILE = Path.of("docs/reference/policy-variables.md");

  private static final JavaTypes TYPES = new JavaTypes(PolicyFacts.class);

  private PolicyReference() {}

  static String generate() {
    return """
        # What policies can ask

        Generated from the code by `hack/generate`. How policies are written: [Policies](../policy.md).

        ## Variables

        Objects have the fields of their manifests, by the same names; those of Hallpass are in the [API reference](api.md).
        What is *read when asked for* costs a call to the API server, once for all policies.

        | variable | type | what |
        |---|---|---|
        %s

        ## Functions

        Beside CEL's own operators, functions and macros: optional fields (`pod.metadata.?labels`), the two-variable macros
        (`labels.all(key, value, …)`), `cel.bind(name, value, …)`, the
        [strings extension](https://github.com/google/cel-go/tree/master/ext#strings) but for `format`, the
        [sets extension](https://github.com/google/cel-go/tree/master/ext#sets), and these.

        | function | gives | what |
        |---|---|---|
        %s
        """
        .formatted(
            lines(JavaTypes.components(PolicyFacts.class).flatMap(PolicyReference::variable)),
            lines(Functions.all().stream().map(PolicyReference::function)));
  }

  private static String lines(Stream<String> lines) {
    return lines.collect(Collectors.joining("\n"));
  }

  /** The variable and, where the type is one of policies alone, its fields. */
  private static Stream<String> variable(RecordComponent variable) {
    var type = TYPES.variables().get(variable.getName());
    var late = variable.getType().equals(Supplier.class);
    var what = description(variable) + (late ? " Read when asked for." : "");
    return Stream.concat(
        Stream.of(row("`%s`".formatted(variable.getName()), name(type), what)),
        own(type).stream().flatMap(record -> fields(variable.getName(), type, record)));
  }

  private static Stream<String> fields(String variable, CelType type, Class<?> record) {
    var path = type.name().startsWith("list") ? variable + "[]" : variable;
    return Arrays.stream(record.getRecordComponents())
        .map(
            c ->
                row(
                    "`%s.%s`".formatted(path, c.getName()),
                    c.getType().getSimpleName().toLowerCase(Locale.ROOT),
                    description(c)));
  }

  private static Optional<Class<?>> own(CelType type) {
    var element = type.parameters().isEmpty() ? type : type.parameters().getFirst();
    return Stream.<Class<?>>of(PolicyFacts.class.getDeclaredClasses())
        .filter(Class::isRecord)
        .filter(c -> c.getName().equals(element.name()))
        .findFirst();
  }

  private static String function(Function function) {
    var overload = function.declaration().overloads().iterator().next();
    var types = overload.parameterTypes().stream().map(PolicyReference::name).toList();
    var name = function.declaration().name();
    var form =
        overload.isInstanceFunction()
            ? "%s.%s(%s)".formatted(types.getFirst(), name, rest(types.subList(1, types.size())))
            : "%s(%s)".formatted(name, rest(types));
    return row("`%s`".formatted(form), name(overload.resultType()), function.meaning());
  }

  private static String rest(List<String> types) {
    return String.join(", ", types);
  }

  private static String name(CelType type) {
    var parameters = type.parameters().stream().map(PolicyReference::name).toList();
    var name = type.name();
    var simple =
        Character.isUpperCase(name.charAt(name.lastIndexOf('.') + 1))
            ? name.substring(Math.max(name.lastIndexOf('.'), name.lastIndexOf('$')) + 1)
            : name;
    return parameters.isEmpty() ? simple : "%s(%s)".formatted(simple, rest(parameters));
  }

  private static String description(RecordComponent component) {
    return component.getAccessor().getAnnotation(JsonPropertyDescription.class).value();
  }

  private static String row(String first, String second, String third) {
    return "| %s | %s | %s |".formatted(first, second, third);
  }

  public static void main(String[] args) throws IOException {
    Files.writeString(FILE, generate());
  }
}
