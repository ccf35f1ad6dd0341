package dev.hallpass.notification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.standardwebhooks.Webhook;
import dev.hallpass.wire.Secret;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SigningKeysTest {
  private static final String ONE = key("the first key of this test, new");
  private static final String OTHER = key("the other key of this test, old");
  private static final String BODY = "{\"specversion\":\"1.0\"}";

  @Test
  void signsAsTheSpecificationSays() throws Exception {
    var now = Instant.now().getEpochSecond();

    assertThat(sign(ONE, now)).isEqualTo(new Webhook(ONE).sign("id", now, BODY));
  }

  @Test
  void whileKeysChangeReceiversOfEitherAccept() throws Exception {
    var now = Instant.now().getEpochSecond();
    var headers =
        Map.of(
            "webhook-id", List.of("id"),
            "webhook-timestamp", List.of(Long.toString(now)),
            "webhook-signature", List.of(sign(ONE + "\n" + OTHER + "\n", now)));

    new Webhook(ONE).verify(BODY, headers);
    new Webhook(OTHER).verify(BODY, headers);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "whsec_", "hunter2-hunter2-hunter2-hunter2", "whsec_c2hvcnQ=", "whsec_%%%"})
  void refusesWhatIsNoKeyWithoutSayingIt(String text) {
    assertThatThrownBy(() -> SigningKeys.of(Secret.of(text)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a key is whsec_ and 24 to 64 bytes in base64")
        .hasNoCause();
  }

  private static String sign(String keys, long timestamp) {
    return SigningKeys.of(Secret.of(keys))
        .signature("id", timestamp, BODY.getBytes(StandardCharsets.UTF_8));
  }

  private static String key(String text) {
    return "whsec_" + Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.US_ASCII));
  }
}
