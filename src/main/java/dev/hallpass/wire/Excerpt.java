package dev.hallpass.wire;

/**
 * A text that others may have made, as much of it as people read. Without a bound, whoever may name
 * an image in a pod could fill statuses, Events, logs and the audit trail with it.
 */
public final class Excerpt {
  /** For one statement. */
  public static final int STATEMENT = 1024;

  /** For several of them. */
  public static final int STATEMENTS = 8 * STATEMENT;

  private static final char MORE = '…';

  private Excerpt() {}

  /**
   * The text, or as much of it as fits with an ellipsis at its end.
   *
   * @param limit in UTF-16 code units; at least 2
   */
  public static String of(String text, int limit) {
    if (text.length() <= limit) {
      return text;
    }
    var end = limit - 1;
    return text.substring(0, Character.isHighSurrogate(text.charAt(end - 1)) ? end - 1 : end)
        + MORE;
  }
}
