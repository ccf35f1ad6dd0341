package dev.hallpass.cli;

import dev.hallpass.kube.ObjectName;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** An object as people name it on a command line: {@code KIND/NAME}. */
record Named(Kind kind, String name) {

  /** Kinds, with the words that kubectl takes for them. */
  enum Kind {
    POD("pod pods po"),
    REQUEST("creq credentialrequest credentialrequests request"),
    LEASE("clease credentiallease credentialleases lease"),
    PROVIDER("cprov credentialprovider credentialproviders provider"),
    CLUSTER_PROVIDER("ccprov clustercredentialprovider clustercredentialproviders");

    private final String words;

    Kind(String words) {
      this.words = words;
    }

    private List<String> words() {
      return List.of(words.split(" ", -1));
    }

    /** The short word for it. */
    String word() {
      return words().getFirst();
    }
  }

  /**
   * Reads a name.
   *
   * @throws Failure where it names no object of one of these kinds
   */
  static Named parse(String text, List<Kind> kinds) {
    var slash = text.indexOf('/');
    var word = slash < 0 ? "" : text.substring(0, slash).toLowerCase(Locale.ROOT);
    var name = text.substring(slash + 1);
    return kinds.stream()
        .filter(k -> k.words().contains(word))
        .findFirst()
        .filter(k -> ObjectName.isValid(name))
        .map(k -> new Named(k, name))
        .orElseThrow(
            () ->
                new Failure(
                    ExitCode.USAGE,
                    "%s: name an object as %s%s"
                        .formatted(
                            text,
                            kinds.stream()
                                .map(k -> k.word() + "/NAME")
                                .collect(Collectors.joining(" or ")),
                            Near.question(meant(word, name, kinds)))));
  }

  private static List<String> meant(String word, String name, List<Kind> kinds) {
    var near = Near.to(word, kinds.stream().flatMap(k -> k.words().stream()).toList());
    return ObjectName.isValid(name)
        ? near.stream()
            .flatMap(w -> kinds.stream().filter(k -> k.words().contains(w)))
            .distinct()
            .map(k -> k.word() + "/" + name)
            .toList()
        : List.of();
  }

  /** The same, of any kind in the list. */
  static Named parse(String text, Kind... kinds) {
    return parse(text, Arrays.asList(kinds));
  }

  @Override
  public String toString() {
    return kind.word() + "/" + name;
  }
}
