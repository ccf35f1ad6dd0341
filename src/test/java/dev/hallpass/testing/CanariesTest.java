package dev.hallpass.testing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URLEncoder;
import java.util.Base64;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CanariesTest {
  private static final String SECRET = "p~ss?w0rd>of/the+orders";
  private static final String KEY =
      """
      -----BEGIN PRIVATE KEY-----
      MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgevZzL1gdAFr88hb2
      OF/2NxApJCzGCEDdfSp6VQO30hyhRANCAAQRWz+jn65BtOMvdyHKcvjBeBSDZH2r
      -----END PRIVATE KEY-----
      """;

  private final Canaries canaries = new Canaries();

  @BeforeEach
  void plant() {
    canaries.plant("password", SECRET);
    canaries.plant("key", KEY);
  }

  @Test
  void findsASecretAsItIs() {
    assertThat(canaries.in("user=orders password=" + SECRET + ";")).containsExactly("password");
    assertThat(canaries.in("\0\1" + SECRET + "\2")).containsExactly("password");
    assertThat(canaries.in(("\0\1" + SECRET + "\2").getBytes(UTF_8))).containsExactly("password");
  }

  /** As in a Secret, a patch, an Authorization header, a Java or a Go log of bytes. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5})
  void findsASecretInBase64WhereverItBegins(int before) {
    var text = ("x".repeat(before) + SECRET + "}").getBytes(UTF_8);

    assertThat(canaries.in(Base64.getEncoder().encodeToString(text))).containsExactly("password");
    assertThat(canaries.in(Base64.getUrlEncoder().withoutPadding().encodeToString(text)))
        .containsExactly("password");
  }

  @Test
  void findsASecretInAnAddress() {
    assertThat(canaries.in("postgres://u:" + URLEncoder.encode(SECRET, UTF_8) + "@db/orders"))
        .containsExactly("password");
  }

  @Test
  void findsAKeyByAnyOfItsLines() {
    assertThat(canaries.in(KEY)).containsExactly("key");
    assertThat(canaries.in(KEY.replace("\n", "\\n"))).containsExactly("key");
    assertThat(canaries.in(KEY.lines().skip(2).findFirst().orElseThrow())).containsExactly("key");
    assertThat(canaries.in(Base64.getEncoder().encodeToString(KEY.getBytes(UTF_8))))
        .containsExactly("key");
  }

  @Test
  void findsNothingWhereNothingIs() {
    var others =
        IntStream.range(0, 100).mapToObj(i -> "password-" + i).toList().toString()
            + "-----BEGIN PRIVATE KEY-----";

    assertThat(canaries.in(others)).isEmpty();
    assertThat(canaries.in(SECRET.substring(1))).isEmpty();
  }

  @Test
  void takesNothingThatCouldBeAnything() {
    assertThatThrownBy(() -> canaries.plant("pin", "1234"))
        .hasMessage("too short to be told from other text: pin");
  }
}
