package dev.hallpass.wire;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A strict reader of JSON (RFC 8259) for small messages, so that the agent needs no library.
 * Objects become maps, arrays lists, integers {@code Long}; duplicate names, deep nesting and
 * anything after the value are refused. Nulls, fractions and integers beyond 18 digits, which no
 * record uses, become {@link Other}, so that a later version can send them in members that this one
 * ignores.
 */
final class Json {
  private static final int MAX_DEPTH = 8;
  private static final int MAX_DIGITS = 18;

  /** A value that is well-formed and that no record uses. */
  enum Other {
    NULL,
    NUMBER
  }

  private final String text;
  private int at;

  private Json(String text) {
    this.text = text;
  }

  /**
   * Reads one object.
   *
   * @throws MalformedMessageException where the text is not one
   */
  static Map<String, Object> object(String text) {
    var reader = new Json(text);
    reader.space();
    var value = reader.object(0);
    reader.space();
    if (reader.at != text.length()) {
      throw reader.malformed("something follows the object");
    }
    return value;
  }

  private Object value(int depth) {
    return switch (peek()) {
      case '{' -> object(depth);
      case '[' -> array(depth);
      case '"' -> string();
      case 't' -> word("true", true);
      case 'f' -> word("false", false);
      case 'n' -> word("null", Other.NULL);
      default -> number();
    };
  }

  private Map<String, Object> object(int depth) {
    enter('{', depth);
    var members = new LinkedHashMap<String, Object>();
    if (ends('}')) {
      return members;
    }
    do {
      space();
      var name = string();
      space();
      expect(':');
      space();
      if (members.put(name, value(depth + 1)) != null) {
        throw malformed("a name occurs twice");
      }
    } while (more('}'));
    return members;
  }

  private List<Object> array(int depth) {
    enter('[', depth);
    var items = new ArrayList<Object>();
    if (ends(']')) {
      return items;
    }
    do {
      space();
      items.add(value(depth + 1));
    } while (more(']'));
    return items;
  }

  private void enter(char opening, int depth) {
    if (depth > MAX_DEPTH) {
      throw malformed("nested too deeply");
    }
    expect(opening);
  }

  private boolean ends(char closing) {
    space();
    if (peek() != closing) {
      return false;
    }
    at++;
    return true;
  }

  private boolean more(char closing) {
    space();
    if (peek() == ',') {
      at++;
      return true;
    }
    expect(closing);
    return false;
  }

  private String string() {
    expect('"');
    var read = new StringBuilder();
    while (true) {
      var c = next();
      if (c == '"') {
        return read.toString();
      }
      if (c < 0x20) {
        throw malformed("a control character in a string");
      }
      read.append(c == '\\' ? escaped() : c);
    }
  }

  private char escaped() {
    var c = next();
    return switch (c) {
      case '"', '\\', '/' -> c;
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'u' -> hex();
      default -> throw malformed("an unknown escape");
    };
  }

  private char hex() {
    var code = 0;
    for (var i = 0; i < 4; i++) {
      var digit = next();
      // Character.digit alone would also take the digits of other scripts.
      if (digit > 'f' || Character.digit(digit, 16) < 0) {
        throw malformed("not a hex digit");
      }
      code = code * 16 + Character.digit(digit, 16);
    }
    return (char) code;
  }

  private Object word(String word, Object value) {
    if (!text.startsWith(word, at)) {
      throw malformed("an unknown word");
    }
    at += word.length();
    return value;
  }

  private Object number() {
    var start = at;
    skip('-');
    var first = at;
    if (!skip('0')) {
      digits();
    }
    var last = at;
    if (skip('.')) {
      digits();
    }
    if (skip('e') || skip('E')) {
      if (!skip('+')) {
        skip('-');
      }
      digits();
    }
    return at > last || last - first > MAX_DIGITS
        ? Other.NUMBER
        : Long.valueOf(text.substring(start, last));
  }

  private boolean skip(char c) {
    if (at < text.length() && text.charAt(at) == c) {
      at++;
      return true;
    }
    return false;
  }

  private void digits() {
    var start = at;
    while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
      at++;
    }
    if (at == start) {
      throw malformed("not a value");
    }
  }

  private void space() {
    while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }

  private char peek() {
    if (at >= text.length()) {
      throw malformed("it ends too early");
    }
    return text.charAt(at);
  }

  private char next() {
    var c = peek();
    at++;
    return c;
  }

  private void expect(char c) {
    if (next() != c) {
      throw malformed("expected " + c);
    }
  }

  /** Says where, but quotes nothing: the text can hold secrets. */
  private MalformedMessageException malformed(String what) {
    return new MalformedMessageException(what + ", at character " + at);
  }

  /** The text as a JSON string. */
  static String quote(String text) {
    var quoted = new StringBuilder(text.length() + 2).append('"');
    for (var i = 0; i < text.length(); i++) {
      var c = text.charAt(i);
      switch (c) {
        case '"', '\\' -> quoted.append('\\').append(c);
        case '\n' -> quoted.append("\\n");
        case '\r' -> quoted.append("\\r");
        case '\t' -> quoted.append("\\t");
        default -> {
          if (c < 0x20 || c == 0x7f) {
            quoted.append("\\u00").append(Character.forDigit(c >> 4, 16));
            quoted.append(Character.forDigit(c & 15, 16));
          } else {
            quoted.append(c);
          }
        }
      }
    }
    return quoted.append('"').toString();
  }
}
