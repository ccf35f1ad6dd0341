package dev.hallpass.audit;

import dev.hallpass.wire.Secret;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Posts records to a collector, many at once; any answer but 2xx is a failure. */
final class HttpSink implements Sink {
  private static final Duration PATIENCE = Duration.ofSeconds(4);

  private final String name;
  private final URI url;
  private final SinkSettings.Form form;
  private final @Nullable Secret token;
  private final HttpClient client;

  /**
   * Posts to this collector.
   *
   * @param token sent as a bearer token; null for none
   */
  HttpSink(
      String name, URI url, SinkSettings.Form form, @Nullable Secret token, HttpClient client) {
    this.name = name;
    this.url = url;
    this.form = form;
    this.token = token;
    this.client = client;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public void write(List<Line> lines) throws IOException {
    var request =
        HttpRequest.newBuilder(url)
            .timeout(PATIENCE)
            .header("Content-Type", contentType())
            .POST(BodyPublishers.ofString(body(lines)));
    if (token != null) {
      request.header("Authorization", "Bearer " + token.reveal());
    }
    try {
      var answer = client.send(request.build(), BodyHandlers.discarding());
      if (answer.statusCode() / 100 != 2) {
        throw new IOException("%s answered %d".formatted(url.getHost(), answer.statusCode()));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  /** CloudEvents HTTP binding, 3.3; OTLP, "OTLP/HTTP Request". */
  private String contentType() {
    return switch (form) {
      case CloudEvents -> "application/cloudevents-batch+json";
      case OtlpLogs -> "application/json";
    };
  }

  private String body(List<Line> lines) {
    return switch (form) {
      case CloudEvents -> "[" + String.join(",", lines.stream().map(Line::json).toList()) + "]";
      case OtlpLogs -> OtlpLogs.body(lines);
    };
  }

  @Override
  public void close() {
    client.close();
  }
}
