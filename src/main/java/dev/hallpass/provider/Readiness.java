package dev.hallpass.provider;

import dev.hallpass.api.v1alpha1.CredentialProviderSpec;
import dev.hallpass.api.v1alpha1.CredentialProviderStatus;
import dev.hallpass.kube.Conditions;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.client.CustomResource;
import java.util.Objects;
import java.util.Optional;

/** How a provider stands, by the probe that the controller recorded in its Ready condition. */
public sealed interface Readiness {

  /** Its target answered, and the admin account suffices. */
  record Ready() implements Readiness {}

  /**
   * The provider as it is now was not probed yet.
   *
   * @param detail follows the provider's name in a sentence
   */
  record Unprobed(String detail) implements Readiness {}

  /**
   * The probe of the provider as it is now failed.
   *
   * @param detail follows the provider's name in a sentence; has the target's own words
   */
  record Failing(String detail) implements Readiness {}

  /** Why nothing new can be had now; empty where it can. */
  default Optional<String> obstacle() {
    return switch (this) {
      case Ready() -> Optional.empty();
      case Unprobed(var detail) -> Optional.of(detail);
      case Failing(var detail) -> Optional.of(detail);
    };
  }

  /** Reads the provider's status. What was said of an older generation fails nothing. */
  static Readiness of(CustomResource<CredentialProviderSpec, CredentialProviderStatus> provider) {
    var status = provider.getStatus();
    var found = Conditions.find(status == null ? null : status.conditions(), Conditions.READY);
    if (found.isEmpty()) {
      return new Unprobed("was not probed yet, which takes a moment");
    }
    var ready = found.get();
    if ("True".equals(ready.getStatus())) {
      return new Ready();
    }
    return "False".equals(ready.getStatus()) && isOf(ready, provider)
        ? new Failing("is not ready (%s): %s".formatted(ready.getReason(), ready.getMessage()))
        : new Unprobed("was not probed since it was changed, which takes a moment");
  }

  private static boolean isOf(Condition condition, CustomResource<?, ?> provider) {
    return Objects.equals(
        condition.getObservedGeneration(), provider.getMetadata().getGeneration());
  }
}
