package dev.hallpass.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TemplateTest {
  private static final Map<String, String> FIELDS =
      Map.of("username", "hp_x", "password", "a<b>&\"'c", "ca", "x".repeat(65_536));

  @Test
  void fillsFieldsInAsTheyAre() {
    assertThat(Template.of("user={{username}}\npass={{password}}\n").fill(FIELDS))
        .isEqualTo("user=hp_x\npass=a<b>&\"'c\n");
  }

  @Test
  void hasSectionsForFieldsThatThereMayNotBe() {
    assertThat(Template.flaw("{{#ca}}{{/ca}}")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{{passwort}}",
        "{{password.length}}",
        "{{password.getClass}}",
        "{{username.bytes}}",
        "{{getClass}}",
        "{{class.name}}",
        "{{size}}",
        "{{entrySet}}",
      })
  void seesNothingButItsFields(String text) {
    var template = Template.of(text);

    assertThatExceptionOfType(TemplateException.class)
        .isThrownBy(() -> template.fill(FIELDS))
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("a<b>"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"{{#username}}", "{{/username}}", "{{> /etc/passwd}}", "{{#ca}}{{> x}}{{/ca}}"})
  void aMistakeIsFoundBeforeAnythingIsIssued(String text) {
    assertThat(Template.flaw(text)).isPresent();
  }

  @Test
  void isBounded() {
    assertThat(Template.flaw("{{#a}}".repeat(1300) + "{{/a}}".repeat(1300))).isEmpty();
    var template = Template.of("{{ca}}".repeat(5));

    assertThatExceptionOfType(TemplateException.class)
        .isThrownBy(() -> template.fill(FIELDS))
        .withMessageContaining("262144 bytes");
  }
}
