package dev.hallpass.chart;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hallpass.wire.ConfidentialUrl;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The chart refuses the addresses that the processes would refuse when they start. */
class ConfidentialUrlSchemaTest {
  private static final Path SCHEMA = Path.of("helm/hallpass/values.schema.json");
  private static final List<String> ADDRESSES =
      List.of(
          "https://collector.example/v1/logs",
          "https://collector.example:4318",
          "http://127.0.0.1:4318/v1/logs",
          "http://localhost",
          "http://[::1]:1/",
          "http://collector.example/v1/logs",
          "http://127.0.0.1.example/",
          "http://localhost.example/",
          "http://127.0.0.1@collector.example/",
          "ftp://127.0.0.1/",
          "/v1/logs");

  @ParameterizedTest
  @ValueSource(strings = {"audit/properties/http", "audit/properties/otlp", "notifications"})
  void saysTheSameAsTheCode(String of) throws IOException {
    var pattern =
        Pattern.compile(
            new ObjectMapper()
                .readTree(SCHEMA.toFile())
                .at("/properties/%s/properties/url/pattern".formatted(of))
                .asText());

    assertThat(ADDRESSES)
        .allSatisfy(
            address -> assertThat(pattern.matcher(address).find()).isEqualTo(isTaken(address)));
    assertThat(pattern.matcher("").find()).isTrue();
  }

  private static boolean isTaken(String address) {
    try {
      var _ = ConfidentialUrl.require("x", URI.create(address));
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
