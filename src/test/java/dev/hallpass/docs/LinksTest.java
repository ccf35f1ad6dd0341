package dev.hallpass.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Whatever a page of ours points to in this repository is there, down to the heading. */
class LinksTest {
  private static final Pattern CODE = Pattern.compile("(?ms)^ *```.*?^ *```");
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
  private static final Pattern ELSEWHERE = Pattern.compile("^[a-z]+:.*");
  private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.*)$");

  /** A link, where it stands. */
  private record Link(Path page, String to) {

    Path file() {
      var file = to.replaceFirst("#.*", "");
      return file.isEmpty() ? page : page.resolveSibling(file).normalize();
    }

    boolean leads() {
      var heading = to.indexOf('#') < 0 ? "" : to.substring(to.indexOf('#') + 1);
      return Files.exists(file())
          && (heading.isEmpty() || headings(file()).toList().contains(heading));
    }
  }

  @Test
  void eachLinkLeadsSomewhere() throws IOException {
    var links = pages().stream().flatMap(LinksTest::links).toList();

    assertThat(links).hasSizeGreaterThan(100);
    assertThat(links).filteredOn(link -> !link.leads()).isEmpty();
  }

  private static List<Path> pages() throws IOException {
    try (var top = Files.list(Path.of(""));
        var docs = Files.walk(Path.of("docs"));
        var samples = Files.walk(Path.of("config"))) {
      return Stream.of(top, docs, samples)
          .flatMap(files -> files)
          .filter(file -> file.toString().endsWith(".md"))
          .toList();
    }
  }

  private static Stream<Link> links(Path page) {
    return LINK.matcher(prose(page))
        .results()
        .map(link -> new Link(page, link.group(1)))
        .filter(link -> !ELSEWHERE.matcher(link.to()).matches());
  }

  /** As GitHub calls them. */
  private static Stream<String> headings(Path page) {
    return HEADING
        .matcher(prose(page))
        .results()
        .map(MatchResult::group)
        .map(h -> h.replaceFirst("^#+ ", "").replaceAll("\\[([^]]*)]\\([^)]*\\)", "$1"))
        .map(
            h -> h.toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{N}_ -]", "").replace(' ', '-'));
  }

  private static String prose(Path page) {
    try {
      return CODE.matcher(Files.readString(page)).replaceAll("");
    } catch (IOException e) {
      throw new IllegalStateException(page + " cannot be read", e);
    }
  }
}
