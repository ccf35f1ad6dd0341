package dev.hallpass.app;

import dev.hallpass.audit.AuditStore;
import dev.hallpass.audit.Journal;
import dev.hallpass.audit.JournalSettings;
import dev.hallpass.audit.SinkSettings;
import dev.hallpass.audit.SinkSettings.Form;
import dev.hallpass.audit.SinkSettings.Need;
import dev.hallpass.pki.TrustedBundle;
import dev.hallpass.wire.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.net.http.HttpClient;
import java.time.Clock;
import java.time.Duration;
import javax.net.ssl.SSLContext;

/** Opens the audit trail of this process, where the settings say. */
@Singleton
final class Trails {
  private static final Duration CONNECT = Duration.ofSeconds(3);
  private static final long MEBIBYTE = 1L << 20;

  private final Settings settings;
  private final KubernetesClient client;
  private final Installation installation;
  private final Clock clock;
  private final MeterRegistry metrics;

  @Inject
  Trails(
      Settings settings,
      KubernetesClient client,
      Installation installation,
      Clock clock,
      MeterRegistry metrics) {
    this.settings = settings;
    this.client = client;
    this.installation = installation;
    this.clock = clock;
    this.metrics = metrics;
  }

  /**
   * Opens it; records wait until the controller has made the key.
   *
   * @throws IllegalArgumentException where the settings name no required sink
   */
  Journal open(String process) {
    return Journal.open(
        JournalSettings.of(installation.id(), process, settings.identity()),
        new AuditStore(client, settings.namespace())::opening,
        sinks(),
        metrics,
        clock);
  }

  private SinkSettings sinks() {
    var audit = settings.audit();
    var sinks = new SinkSettings();
    if (audit.stdout().enabled()) {
      sinks.stream(System.out, need(audit.stdout().required()));
    }
    audit
        .file()
        .folder()
        .ifPresent(
            folder ->
                sinks.files(
                    folder, audit.file().maxSize() * MEBIBYTE, need(audit.file().required())));
    collector(sinks, audit.http(), Form.CloudEvents);
    collector(sinks, audit.otlp(), Form.OtlpLogs);
    return sinks;
  }

  private void collector(SinkSettings sinks, Settings.Audit.Collector collector, Form form) {
    collector
        .url()
        .ifPresent(
            url ->
                sinks.http(
                    url,
                    form,
                    collector.token().map(String::strip).map(Secret::of).orElse(null),
                    http(),
                    need(collector.required())));
  }

  private static Need need(boolean required) {
    return required ? Need.Required : Need.Optional;
  }

  private HttpClient http() {
    var http = HttpClient.newBuilder().connectTimeout(CONNECT);
    settings.audit().caBundle().ifPresent(bundle -> http.sslContext(trusting(bundle)));
    return http.build();
  }

  private static SSLContext trusting(String bundle) {
    try {
      return TrustedBundle.tls(bundle);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("hallpass.audit.ca-bundle cannot be used", e);
    }
  }
}
