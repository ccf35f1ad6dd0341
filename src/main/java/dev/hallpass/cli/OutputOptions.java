package dev.hallpass.cli;

import dev.hallpass.wire.Unseen;
import picocli.CommandLine.Option;

/** In which form a command shows what it found. */
final class OutputOptions {

  /** Forms, spelt as in kubectl. */
  enum Form {
    text,
    wide,
    json,
    yaml
  }

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORM",
      defaultValue = "text",
      description = "text, wide (more columns), json or yaml.")
  Form form = Form.text;

  /** A value as a program reads it. */
  String written(Object value) {
    var serialization = KnownKinds.serialization();
    return switch (form) {
      case yaml, text, wide -> serialization.asYaml(value);
      case json ->
          Unseen.escaped(
                  serialization
                      .convertValue(value, com.fasterxml.jackson.databind.JsonNode.class)
                      .toPrettyString())
              + "\n";
    };
  }

  /** Whether a person reads it. */
  boolean forPeople() {
    return form == Form.text || form == Form.wide;
  }
}
