package dev.hallpass.agent;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Fetches the credentials of the pod it runs in, and as a sidecar keeps them alive. {@link
 * Options#USAGE} says how it is started.
 *
 * <p>Exit status: 0 done or told to end, 1 failed, 2 started wrongly, 143 told to end before an
 * init container was done.
 */
public final class Agent {
  private static final int FAILED = 1;
  private static final int MISUSED = 2;

  /** Less than the patience of the startup probe that the webhook gives this container. */
  private static final Duration PROBE_HOLD = Duration.ofSeconds(4);

  private final Options options;
  private final Log log;
  private final Duty duty;
  private final LastWords lastWords;

  private Agent(Options options, TrustBundle trust, Log log, Clock clock) {
    this.options = options;
    this.log = log;
    this.duty = new Duty(credentials(options, trust, log, clock), clock);
    this.lastWords = new LastWords(log, options, duty);
  }

  /** Runs until the credentials are there, or as a sidecar until it is told to end. */
  public static void main(String[] args) {
    var clock = Clock.systemUTC();
    var log = new Log(System.err, clock);
    try {
      var options = Options.parse(args);
      // First of all: kubelet may ask before the rest is there to answer, and then waits.
      var port = port(options);
      new Agent(options, new TrustBundle(authorities()), log, clock).run(port);
    } catch (UsageException | IllegalArgumentException e) {
      end(log, MISUSED, String.valueOf(e.getMessage()));
    } catch (IOException e) {
      end(log, FAILED, "the agent failed: " + e);
    }
  }

  /** Null where nobody asks for readiness. */
  private static @Nullable ServerSocket port(Options options) throws IOException {
    return switch (options.mode()) {
      case SIDECAR -> new ServerSocket(options.readyPort());
      case INIT -> null;
    };
  }

  private static void end(Log log, int status, String why) {
    log.error(why);
    LastWords.write(log, Options.DEFAULT_TERMINATION_LOG, why + "\n");
    Runtime.getRuntime().halt(status);
  }

  private static String authorities() {
    var bundle = System.getenv("HALLPASS_CA");
    if (bundle == null || bundle.isBlank()) {
      throw new UsageException("the environment variable HALLPASS_CA is missing");
    }
    return bundle;
  }

  private static List<CredentialLoop> credentials(
      Options options, TrustBundle trust, Log log, Clock clock) {
    var broker = new BrokerClient(options.broker(), options.tokenFile(), trust);
    var notifier = new Notifier(Path.of("/proc"));
    var random = new SplittableRandom();
    var credentials = new ArrayList<CredentialLoop>();
    for (var errand : options.credentials()) {
      var drops = new ArrayList<FileDrop>();
      for (var folder : errand.foldersOr(options.dir())) {
        drops.add(new FileDrop(folder, options.fileMode()));
      }
      var told = options.notifications().getOrDefault(errand.name(), List.of());
      var herald = new Herald(errand.name(), told, notifier, log, clock);
      credentials.add(
          new CredentialLoop(
              errand.name(), broker, List.copyOf(drops), herald, log, clock, random));
    }
    return List.copyOf(credentials);
  }

  private void run(@Nullable ServerSocket port) {
    Runtime.getRuntime().addShutdownHook(lastWords);
    try {
      if (port == null) {
        fetch();
      } else {
        stay(port);
      }
    } catch (RuntimeException e) {
      fail("the agent failed: " + e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      fail("the agent was interrupted");
    }
  }

  private void stay(ServerSocket port) throws InterruptedException {
    var readiness = new ReadinessPort(port, duty, PROBE_HOLD);
    var serving = new Thread(readiness, "readiness");
    serving.setUncaughtExceptionHandler((thread, e) -> fail("the agent failed: " + e));
    serving.setDaemon(true);
    serving.start();
    duty.keep(readiness::announce);
  }

  private void fetch() throws InterruptedException {
    if (duty.fetch(options.timeout())) {
      lastWords.end(0, "");
    }
    fail(duty.obstacles());
  }

  private void fail(String why) {
    log.error(why);
    lastWords.end(FAILED, why);
  }
}
