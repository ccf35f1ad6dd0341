package dev.hallpass.admission;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hallpass.admission.InjectionDecision.Leave;
import dev.hallpass.admission.InjectionDecision.Refuse;
import dev.hallpass.api.v1alpha1.BreakGlass;
import dev.hallpass.api.v1alpha1.CredentialApproval;
import dev.hallpass.api.v1alpha1.CredentialPolicy;
import dev.hallpass.api.v1alpha1.CredentialProviderSpec;
import dev.hallpass.api.v1alpha1.CredentialProviderStatus;
import dev.hallpass.api.v1alpha1.CredentialRequest;
import dev.hallpass.api.v1alpha1.ProviderRef;
import dev.hallpass.kube.Catalog;
import dev.hallpass.kube.KnownParams;
import dev.hallpass.wire.Reason;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LaggingCacheTest {
  private static final CredentialRequest REQUEST =
      Serialization.unmarshal(
          """
          metadata: {name: db, namespace: shop}
          spec:
            workload: {serviceAccountName: orders, selector: {matchLabels: {app: orders}}}
            owner: team-orders
            purpose: test
            credentials: []
          """,
          CredentialRequest.class);

  private record Known(List<CredentialRequest> all) implements Catalog {
    @Override
    public List<BreakGlass> breakGlasses(String namespace) {
      return List.of();
    }

    @Override
    public boolean isReady() {
      return true;
    }

    @Override
    public List<CredentialRequest> requests(String namespace) {
      return all;
    }

    @Override
    public boolean isCurrent() {
      return true;
    }

    @Override
    public Optional<CredentialRequest> request(String namespace, String name) {
      return all.stream().filter(r -> r.getMetadata().getName().equals(name)).findFirst();
    }

    @Override
    public Optional<CustomResource<CredentialProviderSpec, CredentialProviderStatus>> provider(
        ProviderRef ref, String namespace) {
      return Optional.empty();
    }

    @Override
    public Optional<Namespace> namespace(String name) {
      return Optional.of(
          new NamespaceBuilder().withNewMetadata().withName(name).endMetadata().build());
    }

    @Override
    public List<CredentialApproval> approvals(String namespace) {
      return List.of();
    }

    @Override
    public List<CredentialPolicy> policies() {
      return List.of();
    }

    @Override
    public KnownParams params() {
      return KnownParams.NONE;
    }
  }

  private final InjectionDecider decider =
      new InjectionDecider(
          AdmissionCase.SETTINGS,
          new Known(List.of()),
          new Known(List.of(REQUEST)),
          AdmissionCase::offer,
          () -> "bundle");

  @Test
  void aPodIsRefusedForNowRatherThanLeftAloneByMistake() {
    assertThat(decider.decide(pod("orders"), "shop"))
        .isInstanceOfSatisfying(
            Refuse.class, r -> assertThat(r.reason()).isEqualTo(Reason.NotReady));
  }

  @Test
  void aPodThatNothingSelectsIsLeftAlone() {
    assertThat(decider.decide(pod("other"), "shop")).isEqualTo(new Leave());
  }

  private static Pod pod(String app) {
    return new PodBuilder()
        .withNewMetadata()
        .withName("p")
        .addToLabels("app", app)
        .endMetadata()
        .withNewSpec()
        .withServiceAccountName("orders")
        .addNewContainer()
        .withName("app")
        .endContainer()
        .endSpec()
        .build();
  }
}
