package dev.hallpass.delivery;

/** A template names a field that the credential does not have. */
final class MissingFieldException extends TemplateException {
  private static final long serialVersionUID = 1L;

  private final String name;

  MissingFieldException(String name, String message) {
    super(message);
    this.name = name;
  }

  String name() {
    return name;
  }
}
