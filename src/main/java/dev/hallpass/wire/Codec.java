package dev.hallpass.wire;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The wire records as JSON in UTF-8. Agent and broker both use it, so they cannot disagree. Unknown
 * members are ignored; all readers throw {@link MalformedMessageException}.
 */
public final class Codec {
  /** The longest message either side reads, in bytes. */
  public static final int MAX_BYTES = 1 << 20;

  private Codec() {}

  /** Writes a message. */
  public static byte[] encode(IssueRequest message) {
    return bytes(
        "{\"request\":"
            + Json.quote(message.request())
            + ",\"credential\":"
            + Json.quote(message.credential())
            + (message.replaces() == null ? "" : ",\"replaces\":" + json(message.replaces()))
            + (message.csr() == null ? "" : ",\"csr\":" + Json.quote(message.csr()))
            + "}");
  }

  /** Writes a message, secrets and all. */
  public static byte[] encode(IssueAnswer message) {
    var files = new StringBuilder();
    for (var file : message.files()) {
      files
          .append(files.isEmpty() ? "" : ",")
          .append("{\"path\":")
          .append(Json.quote(file.path()))
          .append(",\"content\":")
          .append(Json.quote(file.content().reveal()))
          .append(file.mode() == null ? "" : ",\"mode\":" + Json.quote(file.mode()))
          .append(",\"form\":")
          .append(Json.quote(file.form().name()))
          .append('}');
    }
    return bytes(
        "{\"lease\":"
            + Json.quote(message.lease())
            + ",\"epoch\":"
            + message.epoch()
            + ",\"files\":["
            + files
            + "],\"trustBundle\":"
            + Json.quote(message.trustBundle())
            + "}");
  }

  /** Writes a message. */
  public static byte[] encode(LeaseCall message) {
    return bytes(json(message));
  }

  private static String json(LeaseCall call) {
    return "{\"lease\":" + Json.quote(call.lease()) + ",\"epoch\":" + call.epoch() + "}";
  }

  /** Writes a message. */
  public static byte[] encode(LeaseAnswer message) {
    return bytes(
        "{\"lease\":"
            + Json.quote(message.lease())
            + ",\"expiresAt\":"
            + Json.quote(message.expiresAt().toString())
            + ",\"next\":"
            + Json.quote(message.next().name())
            + ",\"trustBundle\":"
            + Json.quote(message.trustBundle())
            + "}");
  }

  /** Writes a problem; its title is the reason's meaning (RFC 9457, 3.1.3). */
  public static byte[] encode(Problem message) {
    return bytes(
        "{\"status\":"
            + message.status()
            + ",\"title\":"
            + Json.quote(message.reason().meaning())
            + ",\"reason\":"
            + Json.quote(message.reason().name())
            + ",\"detail\":"
            + Json.quote(message.detail())
            + (message.keyAlgorithm() == null
                ? ""
                : ",\"keyAlgorithm\":" + Json.quote(message.keyAlgorithm()))
            + "}");
  }

  /** Reads an {@link IssueRequest}. */
  public static IssueRequest issueRequest(byte[] json) {
    var object = object(json);
    var replaces = object.get("replaces");
    return new IssueRequest(
        string(object, "request"),
        string(object, "credential"),
        replaces == null ? null : leaseCall(member(object, "replaces", Map.class)),
        optional(object, "csr"));
  }

  /** Reads an {@link IssueAnswer}. */
  public static IssueAnswer issueAnswer(byte[] json) {
    var object = object(json);
    var files = new ArrayList<IssueAnswer.File>();
    for (var item : member(object, "files", List.class)) {
      if (!(item instanceof Map<?, ?> file)) {
        throw new MalformedMessageException("a file is not an object");
      }
      files.add(
          new IssueAnswer.File(
              string(file, "path"),
              Secret.of(string(file, "content")),
              optional(file, "mode"),
              form(file)));
    }
    return new IssueAnswer(
        string(object, "lease"),
        member(object, "epoch", Long.class),
        List.copyOf(files),
        string(object, "trustBundle"));
  }

  /** Reads a {@link LeaseCall}. */
  public static LeaseCall leaseCall(byte[] json) {
    return leaseCall(object(json));
  }

  private static LeaseCall leaseCall(Map<?, ?> object) {
    return new LeaseCall(string(object, "lease"), member(object, "epoch", Long.class));
  }

  /** Reads a {@link LeaseAnswer}. */
  public static LeaseAnswer leaseAnswer(byte[] json) {
    var object = object(json);
    return new LeaseAnswer(
        string(object, "lease"),
        instant(string(object, "expiresAt")),
        next(string(object, "next")),
        string(object, "trustBundle"));
  }

  /** Reads a {@link Problem}; a reason this version does not know is {@code InternalError}. */
  public static Problem problem(byte[] json) {
    var object = object(json);
    return new Problem(
        status(member(object, "status", Long.class)),
        reason(string(object, "reason")),
        string(object, "detail"),
        optional(object, "keyAlgorithm"));
  }

  private static IssueAnswer.Form form(Map<?, ?> file) {
    var name = optional(file, "form");
    if (name == null) {
      return IssueAnswer.Form.Text;
    }
    for (var form : IssueAnswer.Form.values()) {
      if (form.name().equals(name)) {
        return form;
      }
    }
    throw new MalformedMessageException("member \"form\" is unknown");
  }

  private static LeaseAnswer.Next next(String name) {
    for (var next : LeaseAnswer.Next.values()) {
      if (next.name().equals(name)) {
        return next;
      }
    }
    throw new MalformedMessageException("member \"next\" is unknown");
  }

  private static int status(long value) {
    if (value < 100 || value > 599) {
      throw new MalformedMessageException("not an HTTP status");
    }
    return (int) value;
  }

  private static Reason reason(String name) {
    for (var reason : Reason.values()) {
      if (reason.name().equals(name)) {
        return reason;
      }
    }
    return Reason.InternalError;
  }

  private static Instant instant(String text) {
    try {
      return Instant.parse(text);
    } catch (DateTimeParseException e) {
      throw new MalformedMessageException("not an instant in UTC");
    }
  }

  private static Map<String, Object> object(byte[] json) {
    if (json.length > MAX_BYTES) {
      throw new MalformedMessageException("longer than " + MAX_BYTES + " bytes");
    }
    try {
      return Json.object(
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(json)).toString());
    } catch (CharacterCodingException e) {
      throw new MalformedMessageException("not UTF-8");
    }
  }

  private static @Nullable String optional(Map<?, ?> object, String name) {
    return object.containsKey(name) ? string(object, name) : null;
  }

  private static String string(Map<?, ?> object, String name) {
    return member(object, name, String.class);
  }

  private static <T> T member(Map<?, ?> object, String name, Class<T> type) {
    var value = object.get(name);
    if (!type.isInstance(value)) {
      throw new MalformedMessageException(
          "member \"" + name + "\" is missing or not a " + type.getSimpleName());
    }
    return type.cast(value);
  }

  private static byte[] bytes(String json) {
    return json.getBytes(StandardCharsets.UTF_8);
  }
}
