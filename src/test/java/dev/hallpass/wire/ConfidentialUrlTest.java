package dev.hallpass.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConfidentialUrlTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://collector.example/v1/logs",
        "http://127.0.0.1:4318/v1/logs",
        "http://localhost",
        "http://[::1]:1/"
      })
  void takesWhatNobodyOnTheWayCanRead(String url) {
    assertThat(ConfidentialUrl.require("x.url", URI.create(url))).hasToString(url);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://collector.example/v1/logs",
        "http://127.0.0.1.example/",
        "http://localhost.example/",
        "http://127.0.0.1@collector.example/",
        "ftp://127.0.0.1/",
        "mailto:a@b",
        "/v1/logs",
        "https://user@collector.example/"
      })
  void refusesTheRestByTheNameOfTheSetting(String url) {
    assertThatThrownBy(() -> ConfidentialUrl.require("x.url", URI.create(url)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("x.url: ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://hidden@collector.example/hidden?hidden",
        "https://hidden@collector.example/"
      })
  void quotesNothingThatMayBeASecret(String url) {
    assertThatThrownBy(() -> ConfidentialUrl.require("x.url", URI.create(url)))
        .hasMessageNotContaining("hidden");
  }
}
