package dev.hallpass.cli;

import org.jspecify.annotations.Nullable;

/**
 * One thing that was checked of an installation.
 *
 * @param what what was looked at
 * @param detail what was found
 * @param advice what to do; null where nothing is to be done
 */
record Check(Verdict verdict, String what, String detail, @Nullable String advice) {

  /** What to do where something of the installation is missing. */
  static final String CHART = "install or upgrade the chart: docs/install.md";

  /** What came of it. */
  enum Verdict {
    OK,
    WARNING,
    FAILED,
    /** The user may not see it. */
    UNSEEN,
    /** Good to know, and neither right nor wrong. */
    TOLD
  }

  /** The same of these alone, among several that are called alike. */
  Check of(String names) {
    return new Check(verdict, "%s %s".formatted(what, names), detail, advice);
  }

  static Check ok(String what, String detail) {
    return new Check(Verdict.OK, what, detail, null);
  }

  static Check warning(String what, String detail, @Nullable String advice) {
    return new Check(Verdict.WARNING, what, detail, advice);
  }

  static Check failed(String what, String detail, @Nullable String advice) {
    return new Check(Verdict.FAILED, what, detail, advice);
  }

  static Check told(String what, String detail) {
    return new Check(Verdict.TOLD, what, detail, null);
  }

  static Check unseen(String what, String obstacle) {
    return new Check(Verdict.UNSEEN, what, obstacle, null);
  }
}
