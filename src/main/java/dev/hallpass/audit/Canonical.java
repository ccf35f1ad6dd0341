package dev.hallpass.audit;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The one way to write a JSON value: the JSON Canonicalization Scheme (RFC 8785). So a digest of it
 * is the same for everyone, in whatever form the value was kept.
 */
final class Canonical {
  private final StringBuilder text = new StringBuilder(1024);

  private Canonical() {}

  /**
   * The text of a value.
   *
   * @param value a map with text keys, a list, a string, a number, a boolean or null
   * @throws IllegalArgumentException where it is something else, or a number that no double is
   */
  static String of(@Nullable Object value) {
    var canonical = new Canonical();
    canonical.write(value);
    return canonical.text.toString();
  }

  private void write(@Nullable Object value) {
    switch (value) {
      case null -> text.append("null");
      case String s -> quote(s);
      case Boolean b -> text.append(b);
      case Number n -> text.append(number(n));
      case Map<?, ?> map -> object(map);
      case List<?> list -> array(list);
      default -> throw new IllegalArgumentException("no JSON value: " + value.getClass());
    }
  }

  /** Names in the order of their UTF-16 code units (RFC 8785, 3.2.3), which is that of strings. */
  private void object(Map<?, ?> map) {
    var sorted = new TreeMap<String, @Nullable Object>();
    map.forEach((name, value) -> sorted.put((String) name, value));
    text.append('{');
    var separator = "";
    for (var member : sorted.entrySet()) {
      text.append(separator);
      quote(member.getKey());
      text.append(':');
      write(member.getValue());
      separator = ",";
    }
    text.append('}');
  }

  private void array(List<?> list) {
    text.append('[');
    for (Iterator<?> items = list.iterator(); items.hasNext(); ) {
      write(items.next());
      text.append(items.hasNext() ? "," : "");
    }
    text.append(']');
  }

  /** As RFC 8785, 3.2.2.2; half of a surrogate pair, which no UTF-8 can carry, becomes U+FFFD. */
  private void quote(String string) {
    text.append('"');
    for (var i = 0; i < string.length(); i++) {
      var c = string.charAt(i);
      switch (c) {
        case '"', '\\' -> text.append('\\').append(c);
        case '\b' -> text.append("\\b");
        case '\t' -> text.append("\\t");
        case '\n' -> text.append("\\n");
        case '\f' -> text.append("\\f");
        case '\r' -> text.append("\\r");
        default -> {
          if (c < 0x20) {
            text.append("\\u00").append(Character.forDigit(c >> 4, 16));
            text.append(Character.forDigit(c & 15, 16));
          } else if (!Character.isSurrogate(c)) {
            text.append(c);
          } else if (Character.isHighSurrogate(c)
              && i + 1 < string.length()
              && Character.isLowSurrogate(string.charAt(i + 1))) {
            text.append(c).append(string.charAt(++i));
          } else {
            text.append('\ufffd');
          }
        }
      }
    }
    text.append('"');
  }

  /** Whether no reader rounds it (RFC 7493, 2.2). */
  static boolean everyReaderHolds(long number) {
    return -(1L << 53) < number && number < 1L << 53;
  }

  /** As ECMAScript writes it (RFC 8785, 3.2.2.3): the shortest digits that read back the same. */
  private static String number(Number number) {
    if (number instanceof Long || number instanceof Integer) {
      var exact = number.longValue();
      if (!everyReaderHolds(exact)) {
        throw new IllegalArgumentException("a number that not every reader can hold: " + exact);
      }
      return Long.toString(exact);
    }
    var value = number.doubleValue();
    if (!Double.isFinite(value)) {
      throw new IllegalArgumentException("no JSON number: " + value);
    }
    if (value == 0) {
      return "0";
    }
    var javas = new BigDecimal(Double.toString(Math.abs(value))).stripTrailingZeros();
    // Java writes two digits at least, where one can do.
    var one = javas.round(new MathContext(1));
    var shortest = one.doubleValue() == Math.abs(value) ? one.stripTrailingZeros() : javas;
    return (value < 0 ? "-" : "")
        + placed(shortest.unscaledValue().toString(), shortest.precision() - shortest.scale());
  }

  /** The digits with the point after {@code point} of them. */
  private static String placed(String digits, int point) {
    var count = digits.length();
    if (count <= point && point <= 21) {
      return digits + "0".repeat(point - count);
    }
    if (0 < point && point <= 21) {
      return digits.substring(0, point) + "." + digits.substring(point);
    }
    if (-6 < point && point <= 0) {
      return "0." + "0".repeat(-point) + digits;
    }
    var exponent = point - 1;
    return digits.charAt(0)
        + (count == 1 ? "" : "." + digits.substring(1))
        + (exponent < 0 ? "e-" : "e+")
        + Math.abs(exponent);
  }
}
