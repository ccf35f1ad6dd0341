package dev.hallpass.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.hallpass.audit.SinkSettings.Form;
import dev.hallpass.audit.SinkSettings.Need;
import dev.hallpass.wire.Secret;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a trail promises while sinks work, fail, and come back. */
class JournalTest {
  private static final Trace TRACE = Trace.ofLease(TestEvents.LEASE_UID);

  @TempDir private Path folder;
  private TestTrail trail;

  @BeforeEach
  void setUp() {
    trail = new TestTrail(folder);
  }

  @Test
  void refusesWhileARequiredSinkFailsAndLosesNothingThatWasSaid() {
    var sink = new SwitchedSink();
    try (var journal = trail.journal("a", new SinkSettings().sink(sink, Need.Required))) {
      await().until(journal::works);
      journal.require(TestEvents.issued(1), TRACE);
      sink.failing = true;
      journal.note(TestEvents.issued(2), TRACE);
      await().until(() -> !journal.works());

      assertThatThrownBy(() -> journal.require(TestEvents.issued(3), TRACE))
          .isInstanceOf(AuditUnavailableException.class)
          .hasMessageContaining("sink switched: switched off");
      journal.keep(TestEvents.issued(4), TRACE);
      sink.failing = false;
      await().until(journal::works);
      journal.require(TestEvents.issued(5), TRACE);
    }

    assertThat(
            sink.taken.stream()
                .filter(l -> l.json().contains("credential.issued"))
                .map(l -> ((java.util.Map<?, ?>) l.event().get("data")).get("epoch")))
        .map(String::valueOf)
        .containsExactly("1", "2", "4", "5");
    assertThat(sink.taken).extracting(Line::sequence).isSorted().doesNotHaveDuplicates();
  }

  @Test
  void refusesUntilTheKeyIsThere() {
    var sink = new SwitchedSink();
    var key = new CopyOnWriteArrayList<SigningKey>();
    try (var journal =
        Journal.open(
            TestTrail.settings("a"),
            () -> new Journal.Opening(key.getFirst(), trail.heads, List.of()),
            new SinkSettings().sink(sink, Need.Required),
            new SimpleMeterRegistry(),
            Clock.systemUTC())) {
      assertThatThrownBy(() -> journal.require(TestEvents.issued(1), TRACE))
          .isInstanceOf(AuditUnavailableException.class);
      journal.note(TestEvents.issued(2), TRACE);
      key.add(trail.key);
      await().until(journal::works);
    }

    assertThat(sink.kinds())
        .containsExactly(
            "dev.hallpass.audit.begun",
            "dev.hallpass.audit.checkpoint",
            "dev.hallpass.credential.issued",
            "dev.hallpass.audit.checkpoint");
  }

  @Test
  void goesOnWithoutAnOptionalSinkAndBringsItWhatItMissed() throws IOException {
    var optional = new SwitchedSink();
    optional.failing = true;
    var sinks =
        new SinkSettings().files(folder, 1 << 20, Need.Required).sink(optional, Need.Optional);
    try (var journal = trail.journal("a", sinks)) {
      await().until(journal::works);
      journal.require(TestEvents.issued(1), TRACE);
      optional.failing = false;
      await().until(() -> optional.kinds().contains("dev.hallpass.credential.issued"));
    }
    assertThat(trail.verify().flaws()).isEmpty();
  }

  /** An attacker who may write a lease's status has its epoch in a record. */
  @Test
  void writesANumberThatNotEveryReaderCanHoldAndGoesOn() {
    var sink = new SwitchedSink();
    try (var journal = trail.journal("a", new SinkSettings().sink(sink, Need.Required))) {
      await().until(journal::works);
      journal.require(TestEvents.issued(1L << 53), TRACE);
      journal.require(TestEvents.issued(2), TRACE);
      assertThat(journal.brokeOff()).isFalse();
    }

    assertThat(sink.taken)
        .filteredOn(l -> l.json().contains("credential.issued"))
        .extracting(l -> ((Map<?, ?>) l.event().get("data")).get("epoch"))
        .map(String::valueOf)
        .containsExactly("9007199254740992", "2");
  }

  @Test
  void refusesARecordThatCannotBeWrittenAndNoOther() {
    var sink = new SwitchedSink();
    try (var journal = trail.journal("a", new SinkSettings().sink(sink, Need.Required))) {
      await().until(journal::works);

      assertThatThrownBy(() -> journal.require(TestEvents.unwritable(), TRACE))
          .isInstanceOf(AuditUnavailableException.class)
          .hasMessageContaining("the record cannot be written");
      journal.note(TestEvents.unwritable(), TRACE);
      journal.keep(TestEvents.unwritable(), TRACE);
      journal.require(TestEvents.issued(1), TRACE);
    }

    assertThat(sink.kinds()).contains("dev.hallpass.credential.issued");
    assertThat(sink.taken)
        .filteredOn(l -> l.json().contains("audit.lost"))
        .singleElement()
        .satisfies(l -> assertThat(l.json()).contains("\"records\":2"));
  }

  /** The process must be replaced: that is what liveness asks. */
  @Test
  void saysThatItBrokeOff() {
    var broken =
        new Sink() {
          @Override
          public String name() {
            return "broken";
          }

          @Override
          public void write(List<Line> lines) {
            throw new IllegalStateException("a bug");
          }

          @Override
          public void close() {}
        };
    try (var journal = trail.journal("a", new SinkSettings().sink(broken, Need.Required))) {
      await().until(journal::brokeOff);

      assertThat(journal.works()).isFalse();
      assertThatThrownBy(() -> journal.require(TestEvents.issued(1), TRACE))
          .isInstanceOf(AuditUnavailableException.class);
    }
  }

  @Test
  void isNotBrokenOffWhereItWasClosed() {
    var journal = trail.journal("a", new SinkSettings().sink(new SwitchedSink(), Need.Required));
    journal.close();

    assertThat(journal.brokeOff()).isFalse();
  }

  /** Records and the token would be read on the way. */
  @Test
  void refusesACollectorThatIsNotConfidential() {
    for (var form : Form.values()) {
      assertThatThrownBy(
              () ->
                  new SinkSettings()
                      .http(
                          URI.create("http://collector.example/"),
                          form,
                          Secret.of("t0ken"),
                          HttpClient.newHttpClient(),
                          Need.Optional))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageMatching("audit\\.(http|otlp)\\.url: .* must be an https address.*");
    }
  }

  @Test
  void needsASinkThatIsRequired() {
    var none = new SinkSettings().sink(new SwitchedSink(), Need.Optional);

    assertThatThrownBy(() -> trail.journal("a", none))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("required: true");
  }

  @Test
  void writesLinesToAStream() throws IOException {
    var text = new ByteArrayOutputStream();
    try (var journal =
        trail.journal(
            "a",
            new SinkSettings()
                .stream(new PrintStream(text, true, StandardCharsets.UTF_8), Need.Required))) {
      await().until(journal::works);
      journal.require(TestEvents.issued(1), TRACE);
    }
    Files.write(folder.resolve("a.jsonl"), text.toByteArray());

    assertThat(trail.verify().flaws()).isEmpty();
    assertThat(Files.readAllLines(folder.resolve("a.jsonl"))).hasSize(4);
  }

  /** As CloudEvents and as OpenTelemetry's logs; what arrived can be verified like a file. */
  @Test
  void postsToCollectors() throws IOException {
    var bodies = new CopyOnWriteArrayList<String>();
    var heads = new CopyOnWriteArrayList<String>();
    var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          var body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
          var refused = bodies.isEmpty() && heads.isEmpty();
          heads.add(
              exchange.getRequestHeaders().getFirst("Content-Type")
                  + " "
                  + exchange.getRequestHeaders().getFirst("Authorization"));
          if (!refused) {
            bodies.add(body);
          }
          exchange.sendResponseHeaders(refused ? 503 : 204, -1);
          exchange.close();
        });
    server.start();
    var url = URI.create("http://127.0.0.1:%d/".formatted(server.getAddress().getPort()));
    for (var form : Form.values()) {
      bodies.clear();
      try (var journal =
          trail.journal(
              form.name(),
              new SinkSettings()
                  .http(
                      url, form, Secret.of("t0ken"), HttpClient.newHttpClient(), Need.Required))) {
        await().until(journal::works);
        journal.require(TestEvents.issued(1), TRACE);
      }
      TestTrail.write(folder.resolve(form + ".jsonl"), received(form, bodies));
    }
    server.stop(0);

    assertThat(trail.verify().flaws()).isEmpty();
    assertThat(heads)
        .contains(
            "application/cloudevents-batch+json Bearer t0ken", "application/json Bearer t0ken");
    assertThat(bodies.getLast()).contains("\"traceId\"").contains("\"eventName\"");
  }

  private static List<String> received(Form form, List<String> bodies) throws IOException {
    var mapper = new com.fasterxml.jackson.databind.ObjectMapper();
    var lines = new ArrayList<String>();
    for (var body : bodies) {
      var json = mapper.readTree(body);
      switch (form) {
        case CloudEvents -> json.forEach(event -> lines.add(event.toString()));
        case OtlpLogs ->
            json.at("/resourceLogs/0/scopeLogs/0/logRecords")
                .forEach(r -> lines.add(r.at("/body/stringValue").asText()));
      }
    }
    return lines;
  }
}
