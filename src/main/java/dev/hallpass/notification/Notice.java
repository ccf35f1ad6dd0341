package dev.hallpass.notification;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/**
 * An event that a receiver is told of. The same event always has the same id, whoever tells it and
 * however often, so that a receiver can tell a repetition.
 *
 * @param occasion what happened
 * @param uid the UID of the object that it happened to
 * @param subject that object: namespace, resource and name
 * @param since when it happened
 * @param data what a person wants to know; never a secret
 */
public record Notice(
    Occasion occasion, String uid, String subject, Instant since, Map<String, Object> data) {
  /** Structured content mode: CloudEvents' HTTP protocol binding, 3.2. */
  static final String CONTENT_TYPE = "application/cloudevents+json; charset=utf-8";

  private static final ObjectMapper MAPPER = new ObjectMapper();

  /** Follows from the object, the occasion and its time. */
  public String id() {
    var told = String.join("\n", uid, occasion.type(), since.toString());
    return UUID.nameUUIDFromBytes(told.getBytes(StandardCharsets.UTF_8)).toString();
  }

  /**
   * The event in CloudEvents' JSON format, version 1.0.
   *
   * @param source the Hallpass that tells it
   * @see <a
   *     href="https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md">
   *     JSON event format</a>
   */
  byte[] json(String source) {
    var event = new LinkedHashMap<String, Object>();
    event.put("specversion", "1.0");
    event.put("id", id());
    event.put("source", source);
    event.put("type", occasion.type());
    event.put("subject", subject);
    event.put("time", since.toString());
    event.put("datacontenttype", "application/json");
    event.put("data", data);
    try {
      return MAPPER.writeValueAsBytes(event);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a notice holds texts, numbers, lists and maps alone", e);
    }
  }
}
