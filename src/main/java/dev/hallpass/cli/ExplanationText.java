package dev.hallpass.cli;

import dev.hallpass.cli.Finding.Weight;

/** An explanation, the most important first, each with what to do. */
final class ExplanationText {
  private ExplanationText() {}

  static void write(Explanation explanation, Page page) {
    page.line(
        "%s %s"
            .formatted(
                page.in(Tone.TITLE, explanation.about()),
                page.in(explanation.blocked() ? Tone.BAD : Tone.PLAIN, explanation.headline())));
    for (var weight : Weight.values()) {
      explanation.findings().stream()
          .filter(f -> f.weight() == weight)
          .forEach(f -> write(f, page));
    }
    if (!explanation.unseen().isEmpty()) {
      page.line("");
      explanation.unseen().forEach(u -> page.line(Tone.FAINT, "not looked at: " + u));
    }
  }

  private static void write(Finding finding, Page page) {
    page.line("")
        .line(
            "%s %s"
                .formatted(
                    page.in(
                        tone(finding.weight()), sign(finding.weight()) + " " + finding.reason()),
                    finding.message()));
    var advice = finding.advice();
    if (advice != null) {
      page.line("  → " + advice);
    }
  }

  private static Tone tone(Weight weight) {
    return switch (weight) {
      case BLOCKS -> Tone.BAD;
      case WARNS -> Tone.WARNING;
      case TELLS -> Tone.GOOD;
    };
  }

  private static String sign(Weight weight) {
    return switch (weight) {
      case BLOCKS -> "✗";
      case WARNS -> "!";
      case TELLS -> "✓";
    };
  }
}
