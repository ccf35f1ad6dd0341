package dev.hallpass.delivery;

import java.util.Map;

/**
 * Properties files as {@link java.util.Properties#load(java.io.Reader)} reads them. The JDK's own
 * writer adds the time, so that no two files are the same.
 */
final class PropertiesFormat {
  private PropertiesFormat() {}

  static String of(Map<String, String> entries) {
    var text = new StringBuilder();
    for (var entry : entries.entrySet()) {
      escape(entry.getKey(), text);
      text.append('=');
      escape(entry.getValue(), text);
      text.append('\n');
    }
    return text.toString();
  }

  private static void escape(String value, StringBuilder text) {
    for (var i = 0; i < value.length(); i++) {
      var c = value.charAt(i);
      switch (c) {
        case '\n' -> text.append("\\n");
        case '\r' -> text.append("\\r");
        case '\t' -> text.append("\\t");
        case '\f' -> text.append("\\f");
        case '\\', '=', ':', '#', '!', ' ' -> text.append('\\').append(c);
        default -> {
          if (c < ' ' || c > '~') {
            text.append("\\u%04x".formatted((int) c));
          } else {
            text.append(c);
          }
        }
      }
    }
  }
}
