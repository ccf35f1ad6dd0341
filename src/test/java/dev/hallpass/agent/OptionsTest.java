package dev.hallpass.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.hallpass.agent.Options.Mode;
import java.net.URI;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OptionsTest {

  @Test
  void readsAll() {
    var options =
        Options.parse(
            "init",
            "--broker=https://broker.svc:8443",
            "--credential=orders/db",
            "--credential=orders/queue:/d,/d-2",
            "--notify=orders/db=http://127.0.0.1:8080/reload",
            "--notify=orders/queue=signal:SIGHUP:app",
            "--ready-port=1",
            "--token-file=/t",
            "--dir=/d",
            "--file-mode=0400",
            "--timeout=5",
            "--termination-log=/l");

    assertThat(options)
        .isEqualTo(
            new Options(
                Mode.INIT,
                URI.create("https://broker.svc:8443"),
                List.of(
                    new Errand(new CredentialName("orders", "db"), List.of()),
                    new Errand(
                        new CredentialName("orders", "queue"),
                        List.of(Path.of("/d"), Path.of("/d-2")))),
                Map.of(
                    new CredentialName("orders", "db"),
                    List.of(new Notification.Http(URI.create("http://127.0.0.1:8080/reload"))),
                    new CredentialName("orders", "queue"),
                    List.of(new Notification.Signal(1, "app"))),
                1,
                Path.of("/t"),
                Path.of("/d"),
                PosixFilePermissions.fromString("r--------"),
                Duration.ofSeconds(5),
                Path.of("/l")));
  }

  @Test
  void hasDefaults() {
    var options = Options.parse("sidecar", "--broker=https://b", "--credential=a/b");

    assertThat(options.readyPort()).isEqualTo(7470);
    assertThat(options.dir()).isEqualTo(Path.of("/var/run/hallpass"));
    assertThat(options.fileMode()).isEqualTo(PosixFilePermissions.fromString("r--r-----"));
    assertThat(options.timeout()).isEqualTo(Duration.ofMinutes(2));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "daemon --broker=https://b --credential=a/b",
        "sidecar --credential=a/b",
        "sidecar --broker=https://b",
        "sidecar --broker=http://b --credential=a/b",
        "sidecar --broker=https://b/path --credential=a/b",
        "sidecar --broker=https: --credential=a/b",
        "sidecar --broker=https://b --credential=a",
        "sidecar --broker=https://b --credential=a/b/c",
        "sidecar --broker=https://b --credential=/b",
        "sidecar --broker=https://b --credential=a/b:",
        "sidecar --broker=https://b --credential=a/b:relative",
        "sidecar --broker=https://b --credential=a/b --ready-port=0",
        "sidecar --broker=https://b --credential=a/b --ready-port=65536",
        "sidecar --broker=https://b --credential=a/b --file-mode=0666",
        "sidecar --broker=https://b --credential=a/b --unknown=1",
        "sidecar --broker=https://b --credential=a/b --dir"
      })
  void refusesWhatItDoesNotUnderstand(String line) {
    var args = line.isEmpty() ? new String[0] : line.split(" ");

    assertThatExceptionOfType(UsageException.class).isThrownBy(() -> Options.parse(args));
  }
}
