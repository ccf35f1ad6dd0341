package dev.hallpass.cli;

import java.util.List;

/**
 * What may stand where a word is being typed.
 *
 * @param words all that begin as it does
 * @param directive to the shell, a sum of the numbers that kubectl's own completion knows (Cobra's
 *     ShellCompDirective)
 */
record Suggestions(List<String> words, int directive) {
  private static final int FILES = 0;
  private static final int NO_SPACE = 2;
  private static final int NO_FILES = 4;

  /** These; behind one that is a beginning, no space is put. */
  static Suggestions of(List<String> words) {
    var unfinished = !words.isEmpty() && words.stream().allMatch(w -> w.matches(".*[/=]"));
    return new Suggestions(words, NO_FILES + (unfinished ? NO_SPACE : 0));
  }

  /** Names of files, which the shell knows. */
  static Suggestions files() {
    return new Suggestions(List.of(), FILES);
  }
}
