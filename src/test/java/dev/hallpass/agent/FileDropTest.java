package dev.hallpass.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.hallpass.wire.IssueAnswer;
import dev.hallpass.wire.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FileDropTest {
  @TempDir private Path pod;
  private Path folder;
  private FileDrop drop;

  @BeforeEach
  void makeFolder() throws IOException {
    folder = Files.createDirectory(pod.resolve("hallpass"));
    drop = drop("r--r-----");
  }

  private FileDrop drop(String mode) {
    return new FileDrop(folder, PosixFilePermissions.fromString(mode));
  }

  @ParameterizedTest
  @CsvSource({
    "r--------, rwx------",
    "r--r-----, rwxr-x---",
    "r--r--r--, rwxr-xr-x",
  })
  void filesAndTheirFoldersCanBeReadByWhoIsMeant(String mode, String folderMode)
      throws IOException {
    place(drop(mode), List.of(file("a/b/db.env", "x")));

    assertThat(modeOf("a/b/db.env")).isEqualTo(mode);
    assertThat(modeOf("a/b")).isEqualTo(folderMode);
    assertThat(modeOf("a")).isEqualTo(folderMode);
  }

  @Test
  void replacesWhatItPlacedBeforeAndRemovesWhatIsNoLongerNamed() throws IOException {
    place(drop, List.of(file("db.env", "1"), file("old.json", "1")));
    place(drop, List.of(file("db.env", "2"), file("new.json", "2")));

    assertThat(contents()).isEqualTo(Map.of("db.env", "2", "new.json", "2"));
  }

  @Test
  void takesOverFromAnAgentThatWasKilledWhileItWrote() throws IOException {
    Files.writeString(folder.resolve(".hallpass-db.env"), "half");

    place(drop, List.of(file("db.env", "whole")));

    assertThat(contents()).isEqualTo(Map.of("db.env", "whole"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/db.env",
        "../db.env",
        "a/../../db.env",
        "a/..",
        "./db.env",
        "a//b",
        "a/",
        "..",
        "a\0b",
        ".hallpass-db.env"
      })
  void refusesPathsThatLeadOutBeforeAnythingIsWritten(String path) throws IOException {
    assertThatIOException()
        .isThrownBy(() -> place(drop, List.of(file("good.env", "x"), file(path, "x"))));

    assertThat(contents()).isEmpty();
    assertThat(pod.resolve("db.env")).doesNotExist();
  }

  @Test
  void refusesOnePathTwice() throws IOException {
    assertThatIOException()
        .isThrownBy(() -> place(drop, List.of(file("db.env", "1"), file("db.env", "2"))));

    assertThat(contents()).isEmpty();
  }

  @Test
  void followsNoLinkOutOfTheFolder() throws IOException {
    var outside = Files.createDirectory(pod.resolve("outside"));
    Files.createSymbolicLink(folder.resolve("a"), outside);
    Files.createSymbolicLink(folder.resolve("db.env"), outside.resolve("db.env"));

    assertThatIOException().isThrownBy(() -> place(drop, List.of(file("a/db.env", "x"))));
    place(drop, List.of(file("db.env", "x")));

    assertThat(outside).isEmptyDirectory();
    assertThat(folder.resolve("db.env")).isRegularFile().hasContent("x");
  }

  @Test
  void leavesNothingHalfDoneWhereAFileCannotTakeItsPlace() throws IOException {
    Files.createDirectories(folder.resolve("db.env/occupied"));

    assertThatIOException().isThrownBy(() -> place(drop, List.of(file("db.env", "x"))));

    assertThat(contents()).isEmpty();
  }

  @Test
  void noReaderSeesATornFile() throws IOException {
    var size = 64 * 1024;
    place(drop, List.of(file("db.env", "0".repeat(size))));
    var stop = new AtomicBoolean();
    BooleanSupplier alwaysWhole =
        () -> {
          var whole = true;
          while (!stop.get()) {
            whole &= whole(size);
          }
          return whole;
        };
    var reader = CompletableFuture.supplyAsync(alwaysWhole::getAsBoolean);

    for (var i = 1; i <= 500; i++) {
      place(drop, List.of(file("db.env", String.valueOf(i % 10).repeat(size))));
    }
    stop.set(true);

    assertThat(reader.join()).isTrue();
  }

  private boolean whole(int size) {
    try {
      var text = Files.readString(folder.resolve("db.env"));
      return text.length() == size && text.chars().distinct().count() == 1;
    } catch (IOException e) {
      return false;
    }
  }

  private static IssueAnswer.File file(String path, String content) {
    return new IssueAnswer.File(path, Secret.of(content));
  }

  private String modeOf(String path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve(path)));
  }

  private Map<String, String> contents() throws IOException {
    var contents = new java.util.TreeMap<String, String>();
    try (var all = Files.walk(folder)) {
      for (var path : all.filter(Files::isRegularFile).toList()) {
        contents.put(folder.relativize(path).toString(), Files.readString(path));
      }
    }
    return contents;
  }

  @ParameterizedTest
  @CsvSource({"0400, r--------", "0640, rw-r-----", "0444, r--r--r--"})
  void aFileCanHaveAModeOfItsOwn(String asked, String mode) throws IOException {
    place(
        drop,
        List.of(new IssueAnswer.File("pgpass", Secret.of("x"), asked, IssueAnswer.Form.Text)));

    assertThat(modeOf("pgpass")).isEqualTo(mode);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0777", "4755", "", "04000"})
  void noModeThatNoManifestMayAskFor(String asked) {
    assertThatIOException()
        .isThrownBy(
            () ->
                place(
                    drop,
                    List.of(
                        new IssueAnswer.File("f", Secret.of("x"), asked, IssueAnswer.Form.Text))));
  }

  @Test
  void whatOldCredentialsPointToStaysForOneSwapMore() throws IOException {
    place(drop, List.of(file("db.env", "1"), file(".ca/1.pem", "1")));
    place(drop, List.of(file("db.env", "2"), file(".ca/2.pem", "2")));
    assertThat(folder.resolve(".ca/1.pem")).exists();

    place(drop, List.of(file("db.env", "3"), file(".ca/3.pem", "3")));

    assertThat(folder.resolve(".ca/1.pem")).doesNotExist();
    assertThat(folder.resolve(".ca/2.pem")).exists();
  }

  @Test
  void whatIsStagedIsNotReadBeforeTheSwap() throws IOException {
    place(drop, List.of(file("db.env", "1")));

    drop.stage(List.of(file("db.env", "2")));
    assertThat(Files.readString(folder.resolve("db.env"))).isEqualTo("1");

    assertThat(drop.swap()).isTrue();
    assertThat(contents()).isEqualTo(Map.of("db.env", "2"));
  }

  @Test
  void whatIsStagedAgainReplacesWhatWasStagedBefore() throws IOException {
    drop.stage(List.of(file("db.env", "1"), file("other.env", "1")));
    drop.stage(List.of(file("db.env", "2")));

    assertThat(drop.swap()).isFalse();
    assertThat(contents()).isEqualTo(Map.of("db.env", "2"));
  }

  private static void place(FileDrop drop, List<IssueAnswer.File> files) throws IOException {
    drop.stage(files);
    drop.swap();
  }
}
