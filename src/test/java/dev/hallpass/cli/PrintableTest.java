package dev.hallpass.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What others wrote into objects of the cluster, and a terminal is given. */
class PrintableTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\u0000", "\u0007", "\b", "\r", "\u001b", "\u007f", "\u0085", "\u009b", "\u009f", "\u061c",
        "\u200f", "\u2028", "\u202a", "\u202e", "\u2066", "\u2069"
      })
  void charactersThatSpeakToTheTerminalNeverReachIt(String character) {
    for (var paint : Paint.values()) {
      var surface = surface(paint);

      surface.print(surface.page().line("a%sb".formatted(character)));
      var table = Table.headed(List.of("H"));
      table.row(List.of(Cell.of("a%sb".formatted(character))));
      surface.print(surface.page().table("", table));
      surface.print("a%sb".formatted(character));
      surface.remark("a%sb".formatted(character));
    }

    assertThat(out.toString().replace("\u001b[2mH\u001b[0m", "H") + err).doesNotContain(character);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\u001b[8mhidden",
        "\u001b[2J",
        "\u001b[1A",
        "\u001b]0;title\u0007",
        "\u001b]52;c;eA==\u0007",
        "\u001b[31;8m",
        "\u001b[321m"
      })
  void sequencesOfOthersAreNoSequencesOfOurs(String sequence) {
    surface(Paint.ANSI).print(sequence);

    assertThat(out.toString()).doesNotContain("\u001b").contains(sequence.substring(1, 3));
  }

  @ParameterizedTest
  @EnumSource
  void tonesReachPeopleAlone(Tone tone) {
    var text = Paint.ANSI.paint(tone, "Größe ✓ 値\n");

    assertThat(Printable.text(text, Paint.ANSI)).isEqualTo(text);
    assertThat(Printable.text(text, Paint.NONE)).doesNotContain("\u001b");
  }

  @Test
  void nobodyWritesFurtherLinesIntoATable() {
    assertThat(Cell.of("of OPS-7\r\n  revoked\tby olga").text())
        .isEqualTo("of OPS-7 revoked by olga");
    assertThat(new Page(Paint.NONE).line("justified\nclease/a ends").text())
        .isEqualTo("justified clease/a ends\n");
  }

  @Test
  void programsAreToldWhatIsThere() {
    var output = new OutputOptions();
    output.form = OutputOptions.Form.json;

    var json = output.written(Map.of("text", "a\u001b\u009b\u202eb"));

    assertThat(json).contains("\"a\\u001B\\u009b\\u202eb\"");
  }

  private Surface surface(Paint paint) {
    return new Surface(
        new PrintWriter(out, true), new PrintWriter(err, true), null, paint, Clock.systemUTC());
  }
}
