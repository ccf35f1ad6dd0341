package dev.hallpass.cli;

/** What a piece of text is to a reader. */
enum Tone {
  PLAIN(""),
  TITLE("1"),
  GOOD("32"),
  WARNING("33"),
  BAD("31"),
  LOUD("1;41;97"),
  FAINT("2");

  private final String code;

  Tone(String code) {
    this.code = code;
  }

  /** The parameters of its ECMA-48 sequence SGR; empty where it needs none. */
  String code() {
    return code;
  }
}
