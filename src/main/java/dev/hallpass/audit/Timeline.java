package dev.hallpass.audit;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The life of one lease as records tell it, in the order of time, with what people said to it, and
 * the break-glass that it rests on. It proves nothing: verify the files first. Pure but for the
 * reading.
 *
 * <p>{@code kubectl hallpass audit explain LEASE} prints this.
 */
public final class Timeline implements Records.Reader {

  /**
   * Something that happened.
   *
   * @param at when, by the clock of the writer
   * @param writer which process says so
   * @param kind of record, e.g. {@code credential.issued}
   * @param told what happened, for a person
   * @param trace the trace id
   */
  public record Step(Instant at, String writer, String kind, String told, String trace) {
    @Override
    public String toString() {
      return "%s  %-20s  %s".formatted(at, kind, told);
    }
  }

  private final String subject;
  private final String uid;
  private final List<Told> records = new ArrayList<>();

  /**
   * A record of any lease; which count is known at the end.
   *
   * @param lease the UID of the one that it is about; empty where it is about none
   * @param breakGlass the UID of the one that it rests on, or is about; empty where there is none
   */
  private record Told(Step step, String subject, String lease, String breakGlass) {}

  private Timeline(String namespace, Held.LeaseId lease) {
    this.subject = "%s/leases/%s".formatted(namespace, lease.name());
    this.uid = lease.uid();
  }

  /**
   * What happened to a lease, and to no other of its name. Decisions that came before it are among
   * them, by the trace of the call that made it.
   *
   * @throws IOException where a file cannot be read
   */
  public static List<Step> of(List<Path> files, String namespace, Held.LeaseId lease)
      throws IOException {
    var timeline = new Timeline(namespace, lease);
    for (var file : files) {
      Records.read(file, timeline);
    }
    return timeline.steps();
  }

  private List<Step> steps() {
    var traces =
        records.stream()
            .filter(r -> r.lease().equals(uid))
            .map(r -> r.step().trace())
            .collect(Collectors.toSet());
    var own =
        records.stream()
            .filter(
                r ->
                    r.lease().equals(uid)
                        || (traces.contains(r.step().trace()) && !r.subject().equals(subject)))
            .toList();
    var breakGlasses =
        own.stream()
            .map(Told::breakGlass)
            .filter(named -> !named.isEmpty())
            .collect(Collectors.toSet());
    return Stream.concat(
            own.stream(),
            records.stream()
                .filter(r -> !own.contains(r) && r.step().kind().startsWith("breakglass."))
                .filter(r -> breakGlasses.contains(r.breakGlass())))
        .map(Told::step)
        .sorted(Comparator.comparing(Step::at))
        .toList();
  }

  @Override
  public void record(Path file, long line, Map<String, @Nullable Object> event) {
    var type = text(event, "type");
    var trace = text(event, "traceparent").split("-", -1);
    if (!type.startsWith(Chain.TYPE) || trace.length != 4) {
      return;
    }
    try {
      var kind = type.substring(Chain.TYPE.length());
      Map<?, ?> data = event.get("data") instanceof Map<?, ?> map ? map : Map.of();
      records.add(
          new Told(
              new Step(
                  Instant.parse(text(event, "time")),
                  writer(text(event, "source")),
                  kind,
                  told(kind, data),
                  trace[1]),
              text(event, "subject"),
              part(member(member(data, "held"), "lease"), "uid"),
              kind.startsWith("breakglass.")
                  ? part(data, "uid")
                  : part(member(data, "breakGlass"), "uid")));
    } catch (DateTimeParseException e) {
      unreadable(file, line, "time");
    }
  }

  /** Whether all lines are records is for {@link Verifier} to say. */
  @Override
  public void unreadable(Path file, long line, String why) {}

  private static String told(String kind, Map<?, ?> data) {
    return switch (kind) {
      case "credential.decided" ->
          "%s %s%s%s%s"
              .formatted(
                  part(data, "operation"),
                  part(data, "outcome"),
                  within(data),
                  because(data),
                  data.get("policies") instanceof List<?> asked && !asked.isEmpty()
                      ? "; policies: " + policies(asked)
                      : "");
      case "credential.issued" ->
          "secret material of epoch %s, for %s, left for pod %s"
              .formatted(part(data, "epoch"), part(data, "ttl"), pod(data));
      case "credential.delivered" ->
          "pod %s confirmed it; it works until %s".formatted(pod(data), part(data, "expiresAt"));
      case "credential.renewed" -> "extended until " + part(data, "expiresAt");
      case "credential.rotated" -> "it takes the place of " + part(data, "replaces");
      case "revocation.begun" ->
          "ends, %s: %s".formatted(part(data, "endedBy"), part(data, "message"));
      case "revocation.verified" -> "verified gone: " + part(data, "found");
      case "revocation.failed" -> "the target did not confirm the end" + because(data);
      case "approval.given", "approval.denied" ->
          "%s by %s for %s%s"
              .formatted(
                  part(data, "verdict"),
                  part(data, "approver"),
                  names(data, "policies"),
                  remark(data, "comment"));
      case "lease.denied" ->
          "not issued, %s: %s".formatted(part(data, "endedBy"), part(data, "message"));
      case "breakglass.opened", "breakglass.ended", "breakglass.reviewed" ->
          "break-glass %s %s%s%s"
              .formatted(
                  part(data, "name"),
                  part(data, "stage"),
                  data.get("by") == null ? "" : " by " + part(data, "by"),
                  remark(data, "justification"));
      default -> "%s%s".formatted(part(data, "operation"), because(data)).strip();
    };
  }

  /** The limits of what was allowed. */
  private static String within(Map<?, ?> data) {
    return data.get("ttl") == null
        ? ""
        : ", for %s at a time and %s in all"
            .formatted(part(data, "ttl"), part(data, "maxLifetime"));
  }

  private static String remark(Map<?, ?> data, String name) {
    return data.get(name) == null ? "" : ": " + part(data, name);
  }

  private static String names(Map<?, ?> data, String name) {
    return data.get(name) instanceof List<?> list
        ? list.stream().map(String::valueOf).collect(Collectors.joining(", "))
        : "";
  }

  private static String because(Map<?, ?> data) {
    return data.get("reason") == null
        ? ""
        : ": %s, %s".formatted(part(data, "reason"), part(data, "message"));
  }

  private static String policies(List<?> asked) {
    return asked.stream()
        .map(p -> p instanceof Map<?, ?> m ? m : Map.of())
        .map(p -> "%s@%s%s".formatted(part(p, "name"), part(p, "generation"), given(p)))
        .collect(Collectors.joining(", "));
  }

  /** What a policy took its parameters from; a ConfigMap has no generation. */
  private static String given(Map<?, ?> policy) {
    if (!(policy.get("params") instanceof Map<?, ?> params)) {
      return "";
    }
    if (params.get("digest") == null) {
      return " without %s".formatted(part(params, "object"));
    }
    var version = part(params, "generation");
    return " with %s@%s"
        .formatted(
            part(params, "object"), version.isEmpty() ? part(params, "resourceVersion") : version);
  }

  private static String pod(Map<?, ?> data) {
    var name = part(member(member(data, "held"), "pod"), "name");
    return name.isEmpty() ? "?" : name;
  }

  private static Map<?, ?> member(Map<?, ?> data, String name) {
    return data.get(name) instanceof Map<?, ?> map ? map : Map.of();
  }

  private static String part(Map<?, ?> data, String name) {
    var value = data.get(name);
    return value == null ? "" : value.toString();
  }

  private static String writer(String source) {
    var parts = source.split("/", -1);
    return parts.length == 5 ? parts[3] : "?";
  }

  private static String text(Map<String, @Nullable Object> event, String name) {
    return event.get(name) instanceof String text ? text : "";
  }
}
