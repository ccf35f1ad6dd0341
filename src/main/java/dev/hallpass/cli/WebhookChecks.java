package dev.hallpass.cli;

import static dev.hallpass.cli.Check.failed;
import static dev.hallpass.cli.Check.ok;
import static dev.hallpass.cli.Check.unseen;
import static dev.hallpass.cli.Check.warning;

import io.fabric8.kubernetes.api.model.admissionregistration.v1.MutatingWebhook;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Whether the API server asks Hallpass about pods, and trusts what it is answered by. */
final class WebhookChecks {
  private static final Duration SOON = Duration.ofDays(3);
  private static final String SERVING = "tls.crt";
  private static final String WEBHOOK = "webhook";
  private static final String CERTIFICATE = "serving certificate";

  private final InstallationEvidence seen;

  private WebhookChecks(InstallationEvidence seen) {
    this.seen = seen;
  }

  static List<Check> of(InstallationEvidence seen) {
    var checks = new WebhookChecks(seen);
    return Stream.concat(checks.webhooks().stream(), Stream.of(checks.serving())).toList();
  }

  private List<Check> webhooks() {
    if (seen.webhook().obstacle().isPresent()) {
      return List.of(unseen(WEBHOOK, seen.webhook().obstacle().get()));
    }
    var hooks = seen.webhook().items().stream().flatMap(w -> w.getWebhooks().stream()).toList();
    return hooks.isEmpty()
        ? List.of(
            failed(
                WEBHOOK,
                "there is no MutatingWebhookConfiguration hallpass: no pod is injected",
                Check.CHART))
        : together(hooks);
  }

  /** What is the same of several is said once, and whose it is where it is not of all. */
  private List<Check> together(List<MutatingWebhook> hooks) {
    var same = new LinkedHashMap<Check, List<String>>();
    hooks.forEach(h -> same.computeIfAbsent(webhook(h), c -> new ArrayList<>()).add(h.getName()));
    return same.entrySet().stream()
        .map(e -> same.size() == 1 ? e.getKey() : e.getKey().of(String.join(", ", e.getValue())))
        .toList();
  }

  private Check webhook(MutatingWebhook hook) {
    var bundle = hook.getClientConfig().getCaBundle();
    var expiry = bundle == null ? Optional.<Instant>empty() : Certificates.lastExpiry(bundle);
    var service = hook.getClientConfig().getService();
    if (service == null || !service.getNamespace().equals(seen.systemNamespace())) {
      return failed(
          WEBHOOK,
          "its service is not in namespace " + seen.systemNamespace(),
          "name Hallpass's namespace by --system-namespace, or upgrade the chart");
    }
    if (expiry.isEmpty()) {
      return failed(
          WEBHOOK,
          "it has no caBundle: the API server refuses what it is to be asked about",
          "the leading controller writes it within a minute; its log: " + seen.logs());
    }
    if (!"Fail".equals(hook.getFailurePolicy())) {
      return failed(
          WEBHOOK,
          "failurePolicy is %s: pods start without their credentials while no broker answers"
              .formatted(hook.getFailurePolicy()),
          "set webhook.failurePolicy: Fail in the chart");
    }
    return expiring(WEBHOOK, "its CA is trusted", expiry.get());
  }

  private Check serving() {
    if (seen.serving().obstacle().isPresent()) {
      return unseen(CERTIFICATE, seen.serving().obstacle().get());
    }
    return seen.serving().items().stream()
        .findFirst()
        .map(s -> s.getData() == null ? null : s.getData().get(SERVING))
        .flatMap(Certificates::lastExpiry)
        .map(end -> expiring(CERTIFICATE, "valid", end))
        .orElseGet(
            () ->
                failed(
                    CERTIFICATE,
                    "there is none in Secret hallpass-serving",
                    "the leading controller makes it; its log: " + seen.logs()));
  }

  private Check expiring(String what, String detail, Instant end) {
    var left = Duration.between(seen.now(), end);
    var line = "%s until %s".formatted(detail, end);
    var look = "the leading controller renews it in time; its log: " + seen.logs();
    if (left.isNegative()) {
      return failed(what, "expired at " + end, look);
    }
    return left.compareTo(SOON) < 0 ? warning(what, line, look) : ok(what, line);
  }
}
