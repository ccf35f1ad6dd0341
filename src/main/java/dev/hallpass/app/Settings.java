package dev.hallpass.app;

import dev.hallpass.policy.PolicyDecider;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * What a deployment can set: system properties {@code hallpass.*} or, as the chart does,
 * environment variables {@code HALLPASS_*}. Durations are ISO 8601 or plain, e.g. {@code 40s}.
 */
@ConfigMapping(prefix = "hallpass")
public interface Settings {

  /** Hallpass's own namespace. */
  @WithDefault("hallpass-system")
  String namespace();

  /**
   * Eight hex digits in the name of every account, which tell this Hallpass from others at the same
   * target. Derived from the cluster's identity where it is left out.
   */
  Optional<String> installation();

  /** This process, among those that could lead. */
  @WithDefault("${HOSTNAME:hallpass}")
  String identity();

  /** The TLS port of the issuing API, which pods call. */
  @WithDefault("8443")
  int port();

  /** The TLS port of the admission webhook, which the API server alone calls. */
  @WithDefault("9443")
  int webhookPort();

  /** Where agents reach the broker. */
  @WithDefault("https://hallpass-broker.hallpass-system.svc:8443")
  String brokerUrl();

  /** The agent. */
  Agent agent();

  /** Policies. */
  Policies policies();

  /** The broker's certificate. */
  Certificates certificates();

  /** Break-glass. */
  BreakGlass breakGlass();

  /** Who is told of what people should hear of. */
  Notifications notifications();

  /** The audit trail. */
  Audit audit();

  /** Times of the controller. */
  Controller controller();

  /** The check before Hallpass is uninstalled. */
  UninstallCheck uninstallCheck();

  /** How it logs. Read by {@code application.properties} alone, before any code of ours runs. */
  Log log();

  /** How it logs. */
  interface Log {

    /** One JSON object a line, for collectors; else text. */
    @WithDefault("true")
    boolean json();

    /** The least level of our own classes that is written: DEBUG, INFO, WARN or ERROR. */
    @WithDefault("INFO")
    String level();
  }

  /** The agent that is injected. */
  interface Agent {

    /** Its image. */
    @WithDefault("docker.io/hallpass/agent:dev")
    String image();

    /** Its pull policy. */
    @WithDefault("IfNotPresent")
    String pullPolicy();

    /** The port its readiness is asked at. */
    @WithDefault("7470")
    int port();

    /** Memory it requests. */
    @WithDefault("40Mi")
    String memoryRequest();

    /** Memory it is limited to. */
    @WithDefault("96Mi")
    String memoryLimit();

    /** CPU it requests. */
    @WithDefault("5m")
    String cpuRequest();
  }

  /** The broker's certificate. */
  interface Certificates {

    /** Who makes it. */
    @WithDefault("hallpass")
    CertificateSource source();

    /** PEM certificates that agents and the API server trust beside its own authority. */
    Optional<String> additionalTrust();
  }

  /** Where the audit trail goes; at least one place must be required. */
  interface Audit {

    /** A line for each record among the process's own output. */
    Stdout stdout();

    /** Files. */
    Files file();

    /** A collector of CloudEvents. */
    Collector http();

    /** A collector of OpenTelemetry's logs. */
    Collector otlp();

    /** PEM certificates of authorities that collectors may have theirs from. */
    Optional<String> caBundle();

    /** A line for each record among the process's own output. */
    interface Stdout {

      /** Whether it is written to. */
      @WithDefault("true")
      boolean enabled();

      /** Whether nothing is issued while it takes nothing. */
      @WithDefault("true")
      boolean required();
    }

    /** Files. */
    interface Files {

      /** The folder that they are in; none are written where it is not named. */
      Optional<Path> folder();

      /** From how many MiB on a file is followed by the next. */
      @WithDefault("64")
      int maxSize();

      /** Whether nothing is issued while they cannot be written. */
      @WithDefault("true")
      boolean required();
    }

    /** A collector. */
    interface Collector {

      /** Where records are posted to; none are where it is not named. */
      Optional<URI> url();

      /** Sent as a bearer token. */
      Optional<String> token();

      /** Whether nothing is issued while it takes nothing. */
      @WithDefault("false")
      boolean required();
    }
  }

  /** How policies are applied. */
  interface Policies {

    /** What holds for a credential that no policy is about. */
    @WithDefault("Allow")
    PolicyDecider.Unmatched unmatched();
  }

  /** What break-glass may do. */
  interface BreakGlass {

    /** What one may last, whatever it asks for. */
    @WithDefault("4h")
    Duration maxDuration();

    /** So many that ended without a review keep new ones out of their namespace; 0 for never. */
    @WithDefault("0")
    int blockWhenUnreviewed();
  }

  /** The receiver of notifications. */
  interface Notifications {

    /** Where CloudEvents are posted; nobody is told where it is left out. */
    Optional<URI> url();

    /** The Secret of Hallpass's namespace that they are signed with. */
    Optional<String> secret();
  }

  /** Times of the controller. */
  interface Controller {

    /** From when a node stopped being Ready to the end of its pods' leases. */
    @WithDefault("40s")
    Duration nodeLostGrace();

    /** How long a pod may take to confirm delivery. */
    @WithDefault("60s")
    Duration pendingTimeout();

    /** How long ended leases stay readable. */
    @WithDefault("1h")
    Duration retention();

    /** Between searches for accounts that no lease names. */
    @WithDefault("15s")
    Duration sweepInterval();
  }

  /** The check before Hallpass is uninstalled. */
  interface UninstallCheck {

    /** The UID of the Job {@code hallpass-uninstall-check} that it runs in. */
    Optional<String> jobUid();
  }
}
