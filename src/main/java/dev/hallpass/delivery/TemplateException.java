package dev.hallpass.delivery;

/** A template cannot be used. The message is fit for people and holds no secret. */
public class TemplateException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  TemplateException(String message) {
    super(message);
  }
}
