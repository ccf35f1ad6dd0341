package dev.hallpass.testing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLEncoder;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Secrets that are planted, and looked for wherever something is written: as they are, in Base64 of
 * either alphabet and wherever in it they begin, percent-encoded, and, of PEM, each line.
 */
public final class Canaries {
  /** Shorter ones could be anything. */
  private static final int LEAST = 12;

  private final Map<String, Set<String>> shapes = new LinkedHashMap<>();

  /** From now on this secret is looked for under that name. */
  public void plant(String name, String secret) {
    var parts = secret.lines().filter(line -> !line.startsWith("-----")).toList();
    if (parts.isEmpty() || parts.getFirst().length() < LEAST) {
      throw new IllegalArgumentException("too short to be told from other text: " + name);
    }
    var all = shapes.computeIfAbsent(name, n -> new LinkedHashSet<>());
    all.addAll(
        parts.stream().filter(part -> part.length() >= LEAST).flatMap(Canaries::of).toList());
    base64(secret).forEach(all::add);
  }

  private static Stream<String> of(String part) {
    return Stream.concat(Stream.of(part, URLEncoder.encode(part, UTF_8)), base64(part));
  }

  /** What Base64 makes of it after none, one or two bytes of a group: only what is its own. */
  private static Stream<String> base64(String part) {
    return Stream.of(0, 1, 2)
        .map(
            before -> {
              var encoded =
                  Base64.getEncoder().encodeToString((" ".repeat(before) + part).getBytes(UTF_8));
              var from = before == 0 ? 0 : before + 1;
              return encoded.substring(from, encoded.length() - 4);
            })
        .flatMap(own -> Stream.of(own, own.replace('+', '-').replace('/', '_')));
  }

  /** The names of all. */
  public Set<String> names() {
    return shapes.keySet();
  }

  /** The names of those that are in a text. */
  public List<String> in(String text) {
    return shapes.entrySet().stream()
        .filter(secret -> secret.getValue().stream().anyMatch(text::contains))
        .map(Map.Entry::getKey)
        .collect(Collectors.toList());
  }

  /** The names of those that are in these bytes. */
  public List<String> in(byte[] bytes) {
    return in(new String(bytes, ISO_8859_1));
  }
}
