package dev.hallpass.wire;

/**
 * Characters that a terminal obeys instead of showing them (ECMA-48), that break lines, or that
 * show others in another order than they are in (Unicode UAX 9).
 */
public final class Unseen {
  private Unseen() {}

  /** Whether it is one; line breaks and tabs are. */
  public static boolean is(char c) {
    return Character.isISOControl(c)
        || c == '\u061c'
        || c == '\u200e'
        || c == '\u200f'
        || (c >= '\u2028' && c <= '\u202e')
        || (c >= '\u2066' && c <= '\u2069');
  }

  /** JSON that says the same, with each of them but line breaks as an escape. */
  public static String escaped(String json) {
    if (json.chars().noneMatch(c -> c != '\n' && is((char) c))) {
      return json;
    }
    var escaped = new StringBuilder(json.length() + 64);
    json.chars()
        .forEach(
            c -> {
              if (c != '\n' && is((char) c)) {
                escaped.append("\\u%04x".formatted(c));
              } else {
                escaped.append((char) c);
              }
            });
    return escaped.toString();
  }
}
