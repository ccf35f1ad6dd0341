package dev.hallpass.notification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hallpass.notification.NoticeDelivery.Delivered;
import dev.hallpass.notification.NoticeDelivery.Refused;
import dev.hallpass.notification.NoticeDelivery.Unreachable;
import dev.hallpass.notification.NoticeDelivery.Unsigned;
import dev.hallpass.testing.NoticeReceiver;
import dev.hallpass.testing.TestAuthority;
import dev.hallpass.wire.Secret;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against a real server that verifies and reads as receivers do. */
class CourierIT {
  private static final Instant SINCE = Instant.parse("2026-03-14T15:09:26Z");
  private static final Notice NOTICE =
      new Notice(
          Occasion.BREAK_GLASS_OPENED,
          "0a1b",
          "shop/breakglasses/inc-7",
          SINCE,
          Map.of("justification", "Bestände prüfen — \"jetzt\"", "leases", 3));

  @Test
  void theReceiverVerifiesAndReadsIt() {
    try (var receiver = NoticeReceiver.plain()) {
      assertThat(deliver(receiver, Map.of(Receiver.KEYS, NoticeReceiver.KEY)))
          .isEqualTo(new Delivered());

      assertThat(receiver.refused()).isEmpty();
      assertThat(receiver.taken())
          .singleElement()
          .satisfies(
              event -> {
                assertThat(event.getId()).isEqualTo(NOTICE.id());
                assertThat(event.getType()).isEqualTo("dev.hallpass.breakglass.opened");
                assertThat(event.getSource()).isEqualTo(URI.create("/hallpass/0a1b2c3d"));
                assertThat(event.getSubject()).isEqualTo("shop/breakglasses/inc-7");
                assertThat(event.getTime().toInstant()).isEqualTo(SINCE);
                assertThat(new String(event.getData().toBytes(), StandardCharsets.UTF_8))
                    .contains("Bestände prüfen", "\"leases\":3");
              });
    }
  }

  @Test
  void aReceiverOfAPrivateAuthorityIsVerifiedByIt() {
    try (var authority = new TestAuthority();
        var receiver = NoticeReceiver.tls(authority.server("IP:127.0.0.1"))) {
      assertThat(
              deliver(
                  receiver,
                  Map.of(Receiver.KEYS, NoticeReceiver.KEY, Receiver.CA, authority.bundle())))
          .isEqualTo(new Delivered());
      assertThat(receiver.taken()).hasSize(1);
    }
  }

  @Test
  void nothingIsShownToAReceiverThatCannotBeVerified() {
    try (var authority = new TestAuthority();
        var stranger = new TestAuthority();
        var receiver = NoticeReceiver.tls(stranger.server("IP:127.0.0.1"))) {
      assertThat(
              deliver(
                  receiver,
                  Map.of(Receiver.KEYS, NoticeReceiver.KEY, Receiver.CA, authority.bundle())))
          .isInstanceOf(Unreachable.class);
      assertThat(deliver(receiver, Map.of(Receiver.KEYS, NoticeReceiver.KEY)))
          .isInstanceOf(Unreachable.class);
      assertThat(receiver.taken()).isEmpty();
      assertThat(receiver.refused()).isEmpty();
    }
  }

  @Test
  void aReceiverWithAnotherKeyTakesNothing() {
    try (var receiver = NoticeReceiver.plain()) {
      var other = "whsec_YW5vdGhlciBrZXkgdGhhbiB0aGUgcmVjZWl2ZXIgaGFz";

      assertThat(deliver(receiver, Map.of(Receiver.KEYS, other))).isEqualTo(new Refused(401));
      assertThat(receiver.taken()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {301, 307, 410, 429, 500})
  void anythingButSuccessIsTriedAgainAndNoRedirectionFollowed(int status) {
    try (var receiver = NoticeReceiver.plain()) {
      receiver.answers(status);

      assertThat(deliver(receiver, Map.of(Receiver.KEYS, NoticeReceiver.KEY)))
          .isEqualTo(new Refused(status));
    }
  }

  @Test
  void whereNobodyListensItSaysSo() {
    var receiver = NoticeReceiver.plain();
    receiver.close();

    assertThat(deliver(receiver, Map.of(Receiver.KEYS, NoticeReceiver.KEY)))
        .isInstanceOf(Unreachable.class);
  }

  @Test
  void withoutAKeyNothingIsSent() {
    try (var receiver = NoticeReceiver.plain()) {
      assertThat(deliver(receiver, Map.of()))
          .isEqualTo(new Unsigned("Secret hooks has no key signing-key, or cannot be read"));
      assertThat(deliver(receiver, Map.of(Receiver.KEYS, "hunter2")))
          .isEqualTo(
              new Unsigned(
                  "Secret hooks, key signing-key: a key is whsec_ and 24 to 64 bytes in base64"));
      assertThat(
              deliver(
                  receiver,
                  Map.of(Receiver.KEYS, NoticeReceiver.KEY, Receiver.CA, "no certificate")))
          .isEqualTo(new Unsigned("Secret hooks, key ca.crt: not PEM certificates"));
      assertThat(receiver.taken()).isEmpty();
      assertThat(receiver.refused()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://hooks.example/x",
        "ftp://127.0.0.1/x",
        "http://127.0.0.1.example/x",
        "mailto:a@b",
        "/x",
        "http://user@127.0.0.1/x"
      })
  void refusesAddressesThatWouldShowNotices(String url) {
    assertThatThrownBy(() -> new Receiver(URI.create(url), "hooks"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("notifications.url: ");
  }

  @Test
  void theSameEventHasTheSameIdAndAnotherAnother() {
    var again =
        new Notice(NOTICE.occasion(), NOTICE.uid(), NOTICE.subject(), SINCE, Map.of("leases", 4));
    var later =
        new Notice(
            NOTICE.occasion(),
            NOTICE.uid(),
            NOTICE.subject(),
            SINCE.plus(Duration.ofSeconds(1)),
            Map.of());

    assertThat(again.id()).isEqualTo(NOTICE.id());
    assertThat(later.id()).isNotEqualTo(NOTICE.id());
  }

  private static NoticeDelivery deliver(NoticeReceiver receiver, Map<String, String> secret) {
    var data =
        secret.entrySet().stream()
            .collect(
                java.util.stream.Collectors.toMap(Map.Entry::getKey, e -> Secret.of(e.getValue())));
    return new Courier(
            new Receiver(receiver.url(), "hooks"), "0a1b2c3d", () -> data, Clock.systemUTC())
        .deliver(NOTICE);
  }
}
