package dev.hallpass.cli;

import static java.util.Comparator.comparingInt;

import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/** What somebody may have meant who mistyped a word. Pure. */
final class Near {
  private static final int MOST = 3;

  /** A letter alone is near to every other. */
  private static final int SHORTEST = 2;

  private static final int LETTERS_PER_MISTAKE = 3;

  private Near() {}

  /** The words that are near to it, the nearest first; options count without their dashes. */
  static List<String> to(String typed, Collection<String> known) {
    var word = bare(typed);
    if (word.length() < SHORTEST) {
      return List.of();
    }
    var mistakes = Math.max(1, word.length() / LETTERS_PER_MISTAKE);
    return known.stream()
        .filter(k -> bare(k).length() >= SHORTEST)
        .filter(k -> bare(k).startsWith(word) || distance(word, bare(k)) <= mistakes)
        .sorted(comparingInt((String k) -> distance(word, bare(k))).thenComparing(k -> k))
        .limit(MOST)
        .toList();
  }

  /** A question in parentheses, to go on with behind a message; empty where nothing is near. */
  static String question(List<String> near) {
    return near.isEmpty()
        ? ""
        : near.stream().collect(Collectors.joining(" or ", " (did you mean ", "?)"));
  }

  private static String bare(String word) {
    return word.replaceFirst("^-+", "");
  }

  /** How many letters are missing, too many, others, or in the wrong order beside each other. */
  private static int distance(String a, String b) {
    var rows = new int[a.length() + 1][b.length() + 1];
    for (var i = 0; i <= a.length(); i++) {
      for (var j = 0; j <= b.length(); j++) {
        rows[i][j] = i == 0 || j == 0 ? i + j : step(rows, a, b, i, j);
      }
    }
    return rows[a.length()][b.length()];
  }

  private static int step(int[][] rows, String a, String b, int i, int j) {
    var same = a.charAt(i - 1) == b.charAt(j - 1);
    var least =
        Math.min(Math.min(rows[i - 1][j], rows[i][j - 1]) + 1, rows[i - 1][j - 1] + (same ? 0 : 1));
    var swapped =
        i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
    return swapped ? Math.min(least, rows[i - 2][j - 2] + 1) : least;
  }
}
