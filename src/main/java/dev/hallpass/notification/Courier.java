package dev.hallpass.notification;

import dev.hallpass.notification.NoticeDelivery.Delivered;
import dev.hallpass.notification.NoticeDelivery.Refused;
import dev.hallpass.notification.NoticeDelivery.Unreachable;
import dev.hallpass.notification.NoticeDelivery.Unsigned;
import dev.hallpass.pki.TrustedBundle;
import dev.hallpass.wire.Secret;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Brings notices to a receiver, signed: CloudEvents 1.0 in structured mode, with the headers of
 * Standard Webhooks. Follows no redirection, and reads nothing of an answer but its status. The
 * Secret is read at each attempt, so that keys can be changed while it works.
 */
public final class Courier {
  /** What the specification asks senders to wait. */
  private static final Duration ANSWER = Duration.ofSeconds(15);

  private static final Duration CONNECT = Duration.ofSeconds(5);

  private final Receiver receiver;
  private final String source;
  private final Supplier<Map<String, Secret>> secret;
  private final Clock clock;

  /**
   * Brings notices of this source.
   *
   * @param installation the Hallpass that tells
   * @param secret the data of the receiver's Secret; empty where there is none
   */
  public Courier(
      Receiver receiver, String installation, Supplier<Map<String, Secret>> secret, Clock clock) {
    this.receiver = receiver;
    this.source = "/hallpass/" + installation;
    this.secret = secret;
    this.clock = clock;
  }

  /** Tries once; takes up to twenty seconds. */
  public NoticeDelivery deliver(Notice notice) {
    var data = secret.get();
    var keys = data.get(Receiver.KEYS);
    if (keys == null) {
      return new Unsigned(
          "Secret %s has no key %s, or cannot be read".formatted(receiver.secret(), Receiver.KEYS));
    }
    HttpRequest request;
    try {
      request = request(notice, SigningKeys.of(keys));
    } catch (IllegalArgumentException e) {
      return new Unsigned(
          "Secret %s, key %s: %s".formatted(receiver.secret(), Receiver.KEYS, e.getMessage()));
    }
    HttpClient client;
    try {
      client = client(data.get(Receiver.CA));
    } catch (IllegalArgumentException e) {
      return new Unsigned(
          "Secret %s, key %s: not PEM certificates".formatted(receiver.secret(), Receiver.CA));
    }
    return send(request, client);
  }

  private HttpRequest request(Notice notice, SigningKeys keys) {
    var body = notice.json(source);
    var timestamp = clock.instant().getEpochSecond();
    return HttpRequest.newBuilder(receiver.url())
        .timeout(ANSWER)
        .header("Content-Type", Notice.CONTENT_TYPE)
        .header("webhook-id", notice.id())
        .header("webhook-timestamp", Long.toString(timestamp))
        .header("webhook-signature", keys.signature(notice.id(), timestamp, body))
        .POST(BodyPublishers.ofByteArray(body))
        .build();
  }

  private static NoticeDelivery send(HttpRequest request, HttpClient client) {
    try {
      var answer = client.send(request, BodyHandlers.ofInputStream());
      answer.body().close();
      return answer.statusCode() / 100 == 2 ? new Delivered() : new Refused(answer.statusCode());
    } catch (IOException e) {
      return new Unreachable(String.valueOf(e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Unreachable("interrupted");
    } finally {
      client.shutdownNow();
    }
  }

  /** Notices are few: a connection each is cheaper than one that is kept for them. */
  private static HttpClient client(@Nullable Secret ca) {
    var client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(CONNECT);
    return (ca == null ? client : client.sslContext(TrustedBundle.tls(ca.reveal()))).build();
  }
}
