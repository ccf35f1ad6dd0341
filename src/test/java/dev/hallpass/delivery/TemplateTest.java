package dev.hallpass.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.hallpass.provider.Fields;
import dev.hallpass.provider.Fields.Presence;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TemplateTest {
  private static final Map<String, String> FIELDS =
      Map.of("username", "hp_x", "password", "a<b>&\"'c", "ca", "x".repeat(65_536));
  private static final Fields NAMES =
      new Fields(Set.of("username", "password", "ca")).with("url", Presence.Elsewhere);

  @Test
  void fillsFieldsInAsTheyAre() {
    assertThat(Template.of("user={{username}}\npass={{password}}\n").fill(FIELDS))
        .isEqualTo("user=hp_x\npass=a<b>&\"'c\n");
  }

  @Test
  void hasSectionsForFieldsThatThereMayNotBe() {
    var text =
        "{{#ca}}verify as {{username}}{{/ca}}{{#url}}{{url}}{{/url}}{{^url}}, no URL{{/url}}";

    assertThat(Template.flaw(text, NAMES)).isEmpty();
    assertThat(Template.of(text).fill(FIELDS)).isEqualTo("verify as hp_x, no URL");
  }

  @Test
  void aFieldThatThisProviderDoesNotHaveNeedsASection() {
    assertThat(Template.flaw("see {{url}}", NAMES))
        .contains(
            "{{url}}, outside of a section {{#url}}, is no field of this credential; its fields are"
                + " ca, password, username");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{{passwort}}",
        "{{#passwort}}{{/passwort}}",
        "{{^passwort}}{{/passwort}}",
        "{{^ca}}{{passwort}}{{/ca}}",
        "{{#url}}{{passwort}}{{/url}}"
      })
  void anUnknownFieldIsFoundBeforeAnythingIsIssued(String text) {
    assertThat(Template.flaw(text, NAMES))
        .contains(
            "{{passwort}} is no field of this credential; its fields are ca, password, username");
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
        "{{.}}",
        "{{this}}",
      })
  void seesNothingButItsFields(String text) {
    assertThat(Template.flaw(text, NAMES))
        .hasValueSatisfying(flaw -> assertThat(flaw).doesNotContain("a<b>"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"{{#username}}", "{{/username}}", "{{> /etc/passwd}}", "{{#ca}}{{> x}}{{/ca}}"})
  void aMistakeIsFoundBeforeAnythingIsIssued(String text) {
    assertThat(Template.flaw(text, NAMES)).isPresent();
  }

  @Test
  void isBounded() {
    assertThat(Template.flaw("{{#ca}}".repeat(1024) + "{{/ca}}".repeat(1024), NAMES)).isEmpty();
    var template = Template.of("{{ca}}".repeat(5));

    assertThatExceptionOfType(TemplateException.class)
        .isThrownBy(() -> template.fill(FIELDS))
        .withMessageContaining("262144 bytes");
  }
}
