package dev.hallpass.hack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import dev.hallpass.hack.Shell.Said;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the scripts share: a run that was cut off, or that lacks something, spoils no later one. */
class LibraryTest {
  /** A machine on which nothing can be installed. */
  private static final String NOBODY = "on_debian_as_root() { false; }\n";

  @TempDir private Path home;
  private Shell shell;

  @BeforeEach
  void open() {
    shell = Shell.in(home);
  }

  @Test
  void saysWhichPackageIsMissing() {
    var said = shell.library(NOBODY + "need no-such-command of-this-package");

    assertThat(said)
        .isEqualTo(
            new Said(
                1,
                "",
                "bash: needs 'no-such-command': install the package 'of-this-package' of your"
                    + " system\n"));
  }

  @Test
  void saysWhichJdkIsMissing() {
    var said = shell.library(NOBODY + "find_jdk() { return 1; }\nneed_jdk");

    assertThat(said.code()).isEqualTo(1);
    assertThat(said.err()).startsWith("bash: needs a JDK 25: install Temurin 25 (temurin-25-jdk)");
  }

  @Test
  void takesTheJdkOfJavaHomeWhereThatIsOne() throws IOException {
    var jdk = home.resolve("jdk");
    Files.createDirectories(jdk.resolve("bin"));
    Files.writeString(jdk.resolve("release"), "JAVA_VERSION=\"25.0.1\"\n");
    var asked = shell.with("JAVA_HOME", jdk.toString());

    assertThat(asked.library("find_jdk || true").out()).as("a JRE").isNotEqualTo(jdk + "\n");

    executable(jdk.resolve("bin/javac"));
    assertThat(asked.library("find_jdk").out()).isEqualTo(jdk + "\n");

    Files.writeString(jdk.resolve("release"), "JAVA_VERSION=\"21.0.9\"\n");
    assertThat(asked.library("find_jdk || true").out()).as("older").isNotEqualTo(jdk + "\n");
  }

  @ParameterizedTest
  @CsvSource({"3.8, 0", "3.8.7, 0", "3.10.1, 0", "4.0, 0", "3.6.3, 1", "'', 1"})
  void comparesVersionsByTheirNumbers(String version, int code) {
    assertThat(shell.library("at_least '%s' 3.8".formatted(version)).code()).isEqualTo(code);
  }

  @Test
  void whatWasCutOffInTheMiddleIsBuiltAnew() {
    var cut =
        shell.library(
            """
            builder() { echo half >"$1/half"; kill -KILL "$BASHPID"; }
            built_once "$(cache_dir)/thing" builder
            """);
    assertThat(cut.code()).isNotZero();
    assertThat(shell.cache().resolve("thing")).doesNotExist();

    var whole =
        shell.library(
            """
            builder() { ls "$1" && echo whole >"$1/file"; }
            built_once "$(cache_dir)/thing" builder
            """);

    assertThat(whole).as("it finds an empty folder").isEqualTo(new Said(0, "", ""));
    assertThat(shell.cache().resolve("thing/file")).hasContent("whole");
    assertThat(shell.library("built_once \"$(cache_dir)/thing\" false").code())
        .as("it is not built again")
        .isZero();
  }

  @Test
  void theSecondOfTwoRunsWaits() throws Exception {
    var err = home.resolve("second.err");
    var first =
        shell.start(
            """
            source hack/lib.sh
            work() { touch "$HOME/begun"; until [[ -e $HOME/go ]]; do sleep 0.1; done; echo first >>"$HOME/done"; }
            locked one work
            """,
            home.resolve("first.out"),
            home.resolve("first.err"));
    await().until(() -> Files.exists(home.resolve("begun")));
    var second =
        shell.start(
            """
            source hack/lib.sh
            work() { echo second >>"$HOME/done"; }
            locked one work
            """,
            home.resolve("second.out"),
            err);
    await().until(() -> Files.readString(err).contains("another run is busy with 'one': waiting"));

    Files.createFile(home.resolve("go"));

    assertThat(first.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(second.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(home.resolve("done")).hasContent("first\nsecond");
  }

  /** What a crash has left: another process may have the number by now. */
  @Test
  void aPidFileOfADeadDaemonIsNotTakenForALiveOne() throws IOException {
    var pid = home.resolve("pid");

    Files.writeString(pid, ProcessHandle.current().pid() + "\n");
    assertThat(running(pid, "dockerd")).as("another program").isFalse();
    assertThat(running(pid, "java")).isTrue();
    Files.writeString(pid, Long.MAX_VALUE + "\n");
    assertThat(running(pid, "dockerd")).as("nobody").isFalse();
    Files.delete(pid);
    assertThat(running(pid, "dockerd")).as("no file").isFalse();
  }

  private boolean running(Path pid, String program) {
    return shell
            .library("source hack/kubernetes/engine.sh\nis_running %s %s".formatted(pid, program))
            .code()
        == 0;
  }

  @Test
  void theSameFilesMakeTheSameImage() throws IOException {
    assumeThat(shell.run("command -v jq").code()).as("there is a jq").isZero();
    rootfs("one", "first", "second", Instant.parse("2026-01-01T00:00:00Z"));
    rootfs("two", "second", "first", Instant.parse("2026-02-02T00:00:00Z"));
    rootfs("other", "first", "third", Instant.parse("2026-01-01T00:00:00Z"));

    var digest = image("one");

    assertThat(digest).matches("[0-9a-f]{64}\n");
    assertThat(image("two")).isEqualTo(digest);
    assertThat(image("other")).isNotEqualTo(digest);
  }

  private void rootfs(String name, String a, String b, Instant time) throws IOException {
    for (var file : new String[] {a, b}) {
      var path = Files.createDirectories(home.resolve(name)).resolve(file);
      Files.setLastModifiedTime(Files.writeString(path, file), FileTime.from(time));
    }
  }

  private String image(String rootfs) {
    var said =
        shell.library(
            """
            write_image "$HOME/%1$s.tar" docker.io/hallpass/thing:dev '{"User": "65532"}' "$HOME/%1$s"
            sha256_of "$HOME/%1$s.tar"
            """
                .formatted(rootfs));
    assertThat(said.code()).as(said.err()).isZero();
    return said.out();
  }

  private static void executable(Path path) throws IOException {
    assertThat(Files.createFile(path).toFile().setExecutable(true)).isTrue();
  }
}
