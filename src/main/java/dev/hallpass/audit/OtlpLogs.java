package dev.hallpass.audit;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Records as an {@code ExportLogsServiceRequest} of OTLP 1 in JSON: one log record each, whose body
 * is the record's line, so that a collector's copy can be verified like the file.
 */
final class OtlpLogs {
  private static final int INFO = 9;

  private OtlpLogs() {}

  static String body(List<Line> lines) {
    return Canonical.of(
        Map.of(
            "resourceLogs",
            List.of(
                Map.of(
                    "resource",
                    Map.of("attributes", List.of(attribute("service.name", "hallpass"))),
                    "scopeLogs",
                    List.of(
                        Map.of(
                            "scope",
                            Map.of("name", "dev.hallpass.audit"),
                            "logRecords",
                            lines.stream().map(OtlpLogs::record).toList()))))));
  }

  private static Map<String, @Nullable Object> record(Line line) {
    var event = line.event();
    var parent = text(event, "traceparent").split("-", -1);
    return Map.of(
        "timeUnixNano",
        nanos(Instant.parse(text(event, "time"))),
        "severityNumber",
        INFO,
        "severityText",
        "INFO",
        "eventName",
        text(event, "type"),
        "body",
        Map.of("stringValue", line.json()),
        "traceId",
        parent[1],
        "spanId",
        parent[2],
        "attributes",
        List.of(
            attribute("cloudevents.event_id", text(event, "id")),
            attribute("cloudevents.event_source", text(event, "source")),
            attribute("cloudevents.event_subject", text(event, "subject")),
            attribute("cloudevents.event_type", text(event, "type"))));
  }

  private static Map<String, @Nullable Object> attribute(String key, String value) {
    return Map.of("key", key, "value", Map.of("stringValue", value));
  }

  /** A fixed64, which JSON carries as text. */
  private static String nanos(Instant time) {
    return "%d%09d".formatted(time.getEpochSecond(), time.getNano());
  }

  private static String text(Map<String, @Nullable Object> event, String name) {
    return (String) Objects.requireNonNull(event.get(name));
  }
}
