package dev.hallpass.reconcile.certificates;

import io.fabric8.kubernetes.api.model.admissionregistration.v1.MutatingWebhookConfiguration;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Optional;
import org.jboss.logging.Logger;

/** The {@code caBundle} of each webhook in one configuration; nothing else of it is touched. */
final class WebhookTrust {
  private static final Logger LOG = Logger.getLogger(WebhookTrust.class);

  /**
   * An operation of a JSON Patch (RFC 6902).
   *
   * @param op {@code add}, which also replaces
   * @param path a JSON Pointer (RFC 6901)
   * @param value what to compare with, or to write
   */
  record Operation(String op, String path, String value) {}

  private final KubernetesClient client;
  private final MutatingWebhookConfiguration read;

  private WebhookTrust(KubernetesClient client, MutatingWebhookConfiguration read) {
    this.client = client;
    this.read = read;
  }

  static Optional<WebhookTrust> read(KubernetesClient client, String name) {
    return Optional.ofNullable(
            client
                .admissionRegistration()
                .v1()
                .mutatingWebhookConfigurations()
                .withName(name)
                .get())
        .map(found -> new WebhookTrust(client, found));
  }

  /**
   * Writes the bundle wherever another is.
   *
   * @throws KubernetesClientException with code 409 where the configuration was changed since it
   *     was read
   */
  void set(String bundle) {
    var value = Base64.getEncoder().encodeToString(bundle.getBytes(StandardCharsets.UTF_8));
    var patch = new ArrayList<Operation>();
    var webhooks = read.getWebhooks();
    for (var i = 0; i < webhooks.size(); i++) {
      if (!value.equals(webhooks.get(i).getClientConfig().getCaBundle())) {
        patch.add(new Operation("add", "/webhooks/%d/clientConfig/caBundle".formatted(i), value));
      }
    }
    if (patch.isEmpty()) {
      return;
    }
    // Naming the version that was read makes the API server refuse a patch of another.
    patch.addFirst(
        new Operation("add", "/metadata/resourceVersion", read.getMetadata().getResourceVersion()));
    client
        .admissionRegistration()
        .v1()
        .mutatingWebhookConfigurations()
        .withName(read.getMetadata().getName())
        .patch(PatchContext.of(PatchType.JSON), client.getKubernetesSerialization().asJson(patch));
    LOG.infof("caBundle changed webhook=%s", read.getMetadata().getName());
  }
}
