package dev.hallpass.testing;

import io.fabric8.kubernetes.api.model.admissionregistration.v1.MutatingWebhookConfiguration;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.MutatingWebhookConfigurationBuilder;
import org.jspecify.annotations.Nullable;

/**
 * A webhook that the API server never asks, having no rules: what keepers of its trust bundle look
 * after. Somebody has put the label {@code team: platform} on it.
 */
public final class UnaskedWebhook implements AutoCloseable {
  private final KubeApi kube;
  private final String name;

  /** One for the test's namespace. */
  public UnaskedWebhook(KubeApi kube) {
    this.kube = kube;
    this.name = "hallpass-" + kube.namespace();
    kube.client()
        .resource(
            new MutatingWebhookConfigurationBuilder()
                .withNewMetadata()
                .withName(name)
                .addToLabels("team", "platform")
                .endMetadata()
                .addNewWebhook()
                .withName("pods.hallpass.dev")
                .withAdmissionReviewVersions("v1")
                .withSideEffects("None")
                .withNewClientConfig()
                .withUrl("https://127.0.0.1:1/")
                .endClientConfig()
                .endWebhook()
                .build())
        .create();
  }

  /** The name of its configuration. */
  public String name() {
    return name;
  }

  /** Its configuration as it is now. */
  public MutatingWebhookConfiguration now() {
    return kube.client()
        .admissionRegistration()
        .v1()
        .mutatingWebhookConfigurations()
        .withName(name)
        .get();
  }

  /** The trust bundle in it, in base64; null where it has none. */
  public @Nullable String caBundle() {
    return now().getWebhooks().getFirst().getClientConfig().getCaBundle();
  }

  @Override
  public void close() {
    kube.client().resource(now()).delete();
  }
}
