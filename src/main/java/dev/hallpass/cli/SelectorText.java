package dev.hallpass.cli;

import static java.util.stream.Collectors.joining;

import dev.hallpass.api.v1alpha1.PodSelector;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** A label selector, as kubectl writes it. */
final class SelectorText {
  private SelectorText() {}

  static String of(PodSelector selector) {
    var labels = selector.matchLabels() == null ? Map.<String, String>of() : selector.matchLabels();
    var terms =
        selector.matchExpressions() == null
            ? List.<PodSelector.Requirement>of()
            : selector.matchExpressions();
    return Stream.concat(
            new TreeMap<>(labels).entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()),
            terms.stream().map(SelectorText::term))
        .collect(joining(","));
  }

  private static String term(PodSelector.Requirement term) {
    var values = term.values() == null ? "" : String.join(",", term.values());
    return switch (term.operator()) {
      case In -> "%s in (%s)".formatted(term.key(), values);
      case NotIn -> "%s notin (%s)".formatted(term.key(), values);
      case Exists -> term.key();
      case DoesNotExist -> "!" + term.key();
    };
  }
}
