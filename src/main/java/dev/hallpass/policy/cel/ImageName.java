package dev.hallpass.policy.cel;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The name of a container image, with what container runtimes fill in where it is left out:
 * registry {@code docker.io}, and there {@code library/}.
 *
 * @param registry host, with its port
 * @param repository the path in it
 * @param tag empty where there is none
 * @param digest such as {@code sha256:…}; empty where there is none
 * @see <a href="https://github.com/distribution/reference">Reference grammar</a>
 */
record ImageName(String registry, String repository, String tag, String digest) {
  private static final String DEFAULT_REGISTRY = "docker.io";
  private static final Pattern GRAMMAR =
      Pattern.compile(
          "(?<name>[A-Za-z0-9][A-Za-z0-9._:/-]*?)(:(?<tag>[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}))?"
              + "(@(?<digest>[a-z0-9+._-]+:[0-9a-fA-F]{32,}))?");

  /**
   * Reads an image's name.
   *
   * @throws IllegalArgumentException where the text is none
   */
  static ImageName parse(String text) {
    var parts = GRAMMAR.matcher(text);
    if (!parts.matches()) {
      throw new IllegalArgumentException("not the name of an image: " + text);
    }
    var name = parts.group("name");
    var slash = name.indexOf('/');
    var first = slash < 0 ? "" : name.substring(0, slash);
    var named = first.contains(".") || first.contains(":") || first.equals("localhost");
    var registry = named ? first : DEFAULT_REGISTRY;
    var path = named ? name.substring(slash + 1) : name;
    var repository =
        registry.equals(DEFAULT_REGISTRY) && !path.contains("/") ? "library/" + path : path;
    return new ImageName(
        registry, repository, orEmpty(parts.group("tag")), orEmpty(parts.group("digest")));
  }

  /** How many characters it holds. */
  int length() {
    return registry.length() + repository.length() + tag.length() + digest.length();
  }

  private static String orEmpty(@Nullable String text) {
    return text == null ? "" : text;
  }
}
