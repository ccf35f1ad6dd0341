package dev.hallpass.audit;

import dev.hallpass.wire.ConfidentialUrl;
import dev.hallpass.wire.Secret;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where the records of a process go. Of several sinks, those that are required must have a record
 * before what it tells of happens; at least one is.
 */
public final class SinkSettings {
  /** Whether the trail goes on without a sink. */
  public enum Need {
    Required,
    Optional
  }

  /** In what form a collector takes records. */
  public enum Form {
    CloudEvents,
    OtlpLogs
  }

  /** Makes a sink, once it is known which chain it is for. */
  @FunctionalInterface
  interface Maker {
    Sink make(String writer);
  }

  record Chosen(Maker maker, Need need) {}

  private final List<Chosen> chosen = new ArrayList<>();

  /** A line for each record, among whatever else the stream has. */
  public SinkSettings stream(PrintStream stream, Need need) {
    chosen.add(new Chosen(writer -> new StreamSink(stream), need));
    return this;
  }

  /**
   * Files in a folder.
   *
   * @param size in bytes, from which on a file is followed by the next
   */
  public SinkSettings files(Path folder, long size, Need need) {
    chosen.add(new Chosen(writer -> new FileSink(folder, FileSink.prefix(writer), size), need));
    return this;
  }

  /**
   * A collector.
   *
   * @param url an HTTPS address; plain HTTP only on loopback
   * @param token sent as a bearer token; null for none
   * @throws IllegalArgumentException where records and token would be seen on the way
   */
  public SinkSettings http(
      URI url, Form form, @Nullable Secret token, HttpClient client, Need need) {
    var name =
        switch (form) {
          case CloudEvents -> "http";
          case OtlpLogs -> "otlp";
        };
    var safe = ConfidentialUrl.require("audit.%s.url".formatted(name), url);
    chosen.add(new Chosen(writer -> new HttpSink(name, safe, form, token, client), need));
    return this;
  }

  /** Any other, for tests. */
  SinkSettings sink(Sink sink, Need need) {
    chosen.add(new Chosen(writer -> sink, need));
    return this;
  }

  List<Chosen> chosen() {
    return List.copyOf(chosen);
  }
}
