package dev.hallpass.agent;

import java.net.URI;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How the agent is started.
 *
 * @param mode whether it stays
 * @param broker host and port that speak TLS
 * @param credentials what to fetch, at least one
 * @param notifications whom to tell of new files of a credential
 * @param readyPort where readiness is served; unused in {@link Mode#INIT}
 * @param tokenFile the projected service account token, read anew at each call
 * @param dir where files are written of which nothing else is said
 * @param fileMode permissions of the files
 * @param timeout how long {@link Mode#INIT} tries
 * @param terminationLog where the last words go, if the file is there
 */
record Options(
    Mode mode,
    URI broker,
    List<Errand> credentials,
    Map<CredentialName, List<Notification>> notifications,
    int readyPort,
    Path tokenFile,
    Path dir,
    Set<PosixFilePermission> fileMode,
    Duration timeout,
    Path terminationLog) {

  static final Path DEFAULT_TERMINATION_LOG = Path.of("/dev/termination-log");

  static final String USAGE =
      """
      agent sidecar|init --broker=https://HOST:PORT --credential=REQUEST/CREDENTIAL[:DIR,...] [--credential=...]
        [--notify=REQUEST/CREDENTIAL=http://127.0.0.1:PORT/PATH|signal:NAME:CONTAINER]
        [--ready-port=7470] [--token-file=/var/run/hallpass-agent/token] [--dir=/var/run/hallpass]
        [--file-mode=0400|0440|0444] [--timeout=SECONDS] [--termination-log=/dev/termination-log]
      HALLPASS_CA: PEM certificates that the broker's certificate must chain to\
      """;

  enum Mode {
    /** Fetches, renews, and stays until it is told to end. */
    SIDECAR,
    /** Fetches once, and ends. */
    INIT
  }

  /**
   * Reads the command line.
   *
   * @throws UsageException where something is missing or unknown
   */
  static Options parse(String... args) {
    if (args.length == 0) {
      throw new UsageException(USAGE);
    }
    var read = new Reader(mode(args[0]));
    for (var i = 1; i < args.length; i++) {
      read.option(args[i]);
    }
    return read.options();
  }

  private static Mode mode(String text) {
    return switch (text) {
      case "sidecar" -> Mode.SIDECAR;
      case "init" -> Mode.INIT;
      default -> throw new UsageException(text + ": the first argument is sidecar or init");
    };
  }

  private static final class Reader {
    private final Mode mode;
    private final List<Errand> credentials = new ArrayList<>();
    private final Map<CredentialName, List<Notification>> notifications = new HashMap<>();
    private @Nullable URI broker;
    private int readyPort = 7470;
    private Path tokenFile = Path.of("/var/run/hallpass-agent/token");
    private Path dir = Path.of("/var/run/hallpass");
    private Set<PosixFilePermission> fileMode = permissions("0440");
    private Duration timeout = Duration.ofMinutes(2);
    private Path terminationLog = DEFAULT_TERMINATION_LOG;

    Reader(Mode mode) {
      this.mode = mode;
    }

    void option(String arg) {
      var equals = arg.indexOf('=');
      if (equals < 0) {
        throw new UsageException(arg + ": write options as --name=value");
      }
      var value = arg.substring(equals + 1);
      switch (arg.substring(0, equals)) {
        case "--broker" -> broker = broker(value);
        case "--credential" -> credentials.add(Errand.parse(value));
        case "--notify" -> notification(value);
        case "--ready-port" -> readyPort = number(value, 65_535);
        case "--token-file" -> tokenFile = Path.of(value);
        case "--dir" -> dir = Path.of(value);
        case "--file-mode" -> fileMode = permissions(value);
        case "--timeout" -> timeout = Duration.ofSeconds(number(value, 86_400));
        case "--termination-log" -> terminationLog = Path.of(value);
        default -> throw new UsageException(arg.substring(0, equals) + ": unknown option");
      }
    }

    Options options() {
      if (broker == null) {
        throw new UsageException("--broker is missing");
      }
      if (credentials.isEmpty()) {
        throw new UsageException("--credential is missing");
      }
      return new Options(
          mode,
          broker,
          List.copyOf(credentials),
          Map.copyOf(notifications),
          readyPort,
          tokenFile,
          dir,
          fileMode,
          timeout,
          terminationLog);
    }

    private void notification(String text) {
      var equals = text.indexOf('=');
      if (equals < 0) {
        throw new UsageException(
            "--notify=" + text + ": write it as <request>/<credential>=<whom>");
      }
      notifications
          .computeIfAbsent(CredentialName.parse(text.substring(0, equals)), n -> new ArrayList<>())
          .add(Notification.parse(text.substring(equals + 1)));
    }

    private static URI broker(String text) {
      try {
        var uri = URI.create(text);
        if ("https".equals(uri.getScheme()) && uri.getHost() != null && uri.getPath().isEmpty()) {
          return uri;
        }
      } catch (IllegalArgumentException e) {
        throw new UsageException("--broker=" + text + ": " + e.getMessage());
      }
      throw new UsageException("--broker=" + text + ": write it as https://HOST:PORT");
    }

    private static int number(String text, int max) {
      try {
        var number = Integer.parseInt(text);
        if (number > 0 && number <= max) {
          return number;
        }
      } catch (NumberFormatException e) {
        throw new UsageException(text + ": not a number");
      }
      throw new UsageException(text + ": from 1 to " + max);
    }

    private static Set<PosixFilePermission> permissions(String octal) {
      return switch (octal) {
        case "0400" -> PosixFilePermissions.fromString("r--------");
        case "0440" -> PosixFilePermissions.fromString("r--r-----");
        case "0444" -> PosixFilePermissions.fromString("r--r--r--");
        default -> throw new UsageException("--file-mode=" + octal + ": 0400, 0440 or 0444");
      };
    }
  }
}
