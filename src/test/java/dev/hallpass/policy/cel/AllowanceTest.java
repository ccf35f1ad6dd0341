package dev.hallpass.policy.cel;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class AllowanceTest {
  private static final String OVERDRAWN =
      "it makes more than 1,000,000 characters, bytes and elements";
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  /** What one evaluation may allocate in all, garbage too. */
  private static final long MOST_BYTES = 128L << 20;

  /** With eight times as much at each. */
  private static final int LEVELS = 8;

  private static final String MANY = list(100, Integer::toString);

  /**
   * @param text is long
   * @param lines are many
   */
  record Facts(String text, List<String> lines, Map<String, String> labels) {}

  private static final Language<Facts> LANGUAGE = new Language<>(Facts.class);

  private final Scope<Facts> scope =
      LANGUAGE.scope(
          new Facts(
              "a".repeat(200_000),
              IntStream.range(0, 1_000).mapToObj("line %d"::formatted).toList(),
              Map.of("app", "orders")));

  private static String list(int size, IntFunction<String> element) {
    return IntStream.range(0, size).mapToObj(element).collect(joining(", ", "[", "]"));
  }

  /** Each value is made of the one before, and only the last one's size is asked for. */
  private static String nested(int levels, String start, UnaryOperator<String> step, String end) {
    var bindings =
        IntStream.range(0, levels)
            .mapToObj(
                i -> "cel.bind(x%d, %s, ".formatted(i, i == 0 ? start : step.apply("x" + (i - 1))))
            .collect(joining());
    return bindings + end.formatted("x" + (levels - 1)) + ")".repeat(levels);
  }

  private static String eight(String element) {
    return list(8, i -> element);
  }

  static Stream<Arguments> attacks() {
    return Stream.of(
        argumentSet("texts doubled", nested(26, "'12345678'", x -> x + " + " + x, "size(%s) > 0")),
        argumentSet("bytes doubled", nested(26, "b'12345678'", x -> x + " + " + x, "size(%s) > 0")),
        argumentSet("lists doubled", nested(22, eight("1"), x -> x + " + " + x, "size(%s) > 0")),
        argumentSet(
            "lists of lists", nested(LEVELS, eight("1"), AllowanceTest::eight, "size(%s) > 0")),
        argumentSet(
            "lists of optionals",
            nested(LEVELS, eight("1"), x -> eight("optional.of(%s)".formatted(x)), "size(%s) > 0")),
        argumentSet(
            "maps of maps",
            nested(24, "{'a': 1, 'b': 2}", "{'a': %1$s, 'b': %1$s}"::formatted, "size(%s) > 0")),
        argumentSet(
            "maps made by macros",
            nested(
                LEVELS,
                eight("1") + ".transformMap(i, v, v)",
                x -> "%s.transformMap(i, v, %s)".formatted(eight("1"), x),
                "size(%s) > 0")),
        argumentSet(
            "entries made by macros",
            nested(
                LEVELS,
                eight("1") + ".transformMapEntry(i, v, {i: v})",
                x -> "%s.transformMapEntry(i, v, {i: %s})".formatted(eight("1"), x),
                "size(%s) > 0")),
        argumentSet(
            "lists made by macros",
            nested(
                LEVELS,
                eight("1") + ".transformList(i, v, v)",
                x -> "%s.transformList(i, v, %s)".formatted(eight("1"), x),
                "size(%s) > 0")),
        argumentSet(
            "long lists in a loop", "%1$s.map(a, %1$s.map(b, %1$s)).size() > 0".formatted(MANY)),
        argumentSet(
            "long texts in a loop",
            "%1$s.map(a, %1$s.map(b, text + 'b')).size() > 0".formatted(MANY)),
        argumentSet("long bytes in a loop", "%s.map(a, bytes(text)).size() > 0".formatted(MANY)),
        argumentSet("reversed in a loop", "%s.map(a, text.reverse()).size() > 0".formatted(MANY)),
        argumentSet(
            "in capitals in a loop", "%s.map(a, text.upperAscii()).size() > 0".formatted(MANY)),
        argumentSet("cut in a loop", "%s.map(a, text.substring(1)).size() > 0".formatted(MANY)),
        argumentSet(
            "quoted in a loop", "%s.map(a, strings.quote(text)).size() > 0".formatted(MANY)),
        argumentSet("split in a loop", "%s.map(a, text.split('')).size() > 0".formatted(MANY)),
        argumentSet("images in a loop", "%s.map(a, image(text)).size() > 0".formatted(MANY)),
        argumentSet(
            "given values in a loop", "%s.map(a, [lines, lines]).size() > 0".formatted(MANY)),
        argumentSet(
            "quotes quoted",
            nested(27, "strings.quote('\"')", "strings.quote(%s)"::formatted, "size(%s) > 0")),
        argumentSet("replaced", "text.replace('a', text.substring(0, 5000)).size() > 0"),
        argumentSet("replaced within a limit", "text.replace('a', text, 5000).size() > 0"),
        argumentSet(
            "put between characters", "text.replace('', text.substring(0, 5000)).size() > 0"),
        argumentSet("joined", "lines.join(text) != ''"),
        argumentSet("joined, of the same", "lines.map(l, text).join() != ''"),
        argumentSet(
            "printed in an error",
            nested(
                LEVELS,
                eight("1"),
                AllowanceTest::eight,
                "[1, 2].transformMapEntry(i, v, {'same': %s}).size() > 0")),
        argumentSet(
            "looked up in a map",
            nested(LEVELS, eight("1"), AllowanceTest::eight, "{}[dyn(%s)] > 0")));
  }

  @ParameterizedTest
  @MethodSource("attacks")
  void isRefused(String expression) {
    var compiled = LANGUAGE.condition(expression);
    var before = THREADS.getCurrentThreadAllocatedBytes();

    assertThatThrownBy(() -> compiled.evaluate(scope))
        .isInstanceOf(ExpressionException.class)
        .hasMessageContaining(OVERDRAWN);

    assertThat(THREADS.getCurrentThreadAllocatedBytes() - before).isLessThan(MOST_BYTES);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "size(text + text + text) == 600000",
        "text.split('').size() == 200000",
        "text.replace('a', 'aaaaa').size() == 1000000",
        "bytes(text).size() == 200000",
        "lines.filter(l, l.endsWith('7')).map(l, l.split(' ')[1]).join(',').startsWith('7,17,')",
        "lines.all(l, l.upperAscii().startsWith('LINE'))",
        "lines.transformMap(i, l, l)[7] == 'line 7'",
        "lines.all(l, lines[0] == 'line 0' && (l == '' ? lines : lines).size() == 1000)",
        "lines.all(l, optional.of(lines).orValue([]).size() == 1000)",
      })
  void isLargeAndNotTooLarge(String expression) {
    assertThat(LANGUAGE.condition(expression).evaluate(scope)).isEqualTo(true);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "text.replace('a', 'aaaaaa').size() > 0",
        "(text.replace('a', 'aaaaa') + '').size() > 0",
        "text.replace('a', 'aaaaa') != '' && 'x'.upperAscii() == 'X'",
        "text.replace('a', 'aaaaa') + 'x' == '' || true",
        "[1, 2].exists(i, i == 2 || text.replace('a', 'aaaaa') + 'x' == '')",
      })
  void allCountsTogether(String expression) {
    assertThatThrownBy(() -> LANGUAGE.condition(expression).evaluate(scope))
        .hasMessageContaining(OVERDRAWN);
  }

  @Test
  void eachEvaluationHasItsOwn() {
    var all = LANGUAGE.condition("text.replace('a', 'aaaaa') != ''");

    assertThat(List.of(all.evaluate(scope), all.evaluate(scope))).containsOnly(true);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "['a', 'b'].join() == 'ab' && ['a', 'b'].join(', ') == 'a, b' && [].join(',') == ''",
        "'banana'.replace('an', '<>') == 'b<><>a' && 'banana'.replace('an', '', 1) == 'bana'",
        "'ab'.replace('', '-') == '-a-b-' && 'ab'.replace('', '-', 2) == '-a-b'",
        "'a😁b'.replace('', '-') == '-a-😁-b-' && ''.replace('', '-') == '-'",
        "'aaa'.replace('aa', 'b') == 'ba' && 'a'.replace('b', 'c') == 'a'",
        "'aaa'.replace('a', 'b', 0) == 'aaa' && 'aaa'.replace('a', 'b', -1) == 'bbb'",
      })
  void textsAreReplacedAndJoined(String expression) {
    assertThat(LANGUAGE.condition(expression).evaluate(scope)).isEqualTo(true);
  }

  @Test
  void onlyTextsAreJoined() {
    var mixed = LANGUAGE.condition("[dyn('a'), dyn(1)].join() == 'a1'");

    assertThatThrownBy(() -> mixed.evaluate(scope)).isInstanceOf(ExpressionException.class);
  }
}
