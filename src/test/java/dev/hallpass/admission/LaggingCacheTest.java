package dev.hallpass.admission;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hallpass.admission.InjectionDecision.Inject;
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
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LaggingCacheTest {
  private static final Instant NOW = Instant.parse("2026-03-02T10:00:00Z");
  private static final CredentialRequest REQUEST = request("db", NOW.minusSeconds(30));

  private static CredentialRequest request(String name, Instant made) {
    return Serialization.unmarshal(
        """
        metadata: {name: %1$s, namespace: shop, uid: %1$s, generation: 1, creationTimestamp: "%2$s"}
        spec:
          workload: {serviceAccountName: orders, selector: {matchLabels: {app: orders}}}
          owner: team-orders
          purpose: test
          credentials: []
        """
            .formatted(name, made),
        CredentialRequest.class);
  }

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

  private static InjectionDecider decider(
      List<CredentialRequest> seen, List<CredentialRequest> now) {
    return new InjectionDecider(
        AdmissionCase.SETTINGS,
        new Known(seen),
        new Known(now),
        AdmissionCase::offer,
        () -> "bundle",
        Clock.fixed(NOW, ZoneOffset.UTC));
  }

  private static InjectionDecision decide(
      String app, List<CredentialRequest> seen, List<CredentialRequest> now) {
    return decider(seen, now).decide(pod(app), "shop");
  }

  @Test
  void aPodIsRefusedForNowRatherThanLeftAloneByMistake() {
    assertNotReady(decide("orders", List.of(), List.of(REQUEST)));
  }

  @Test
  void aPodThatNothingSelectsIsLeftAlone() {
    assertThat(decide("other", List.of(), List.of(REQUEST))).isEqualTo(new Leave());
  }

  /** It would go without the other's credentials for life. */
  @Test
  void aPodIsRefusedForNowRatherThanGivenTheFirstOfTwoRequests() {
    var second = request("cache", NOW.minusSeconds(1));

    assertNotReady(decide("orders", List.of(REQUEST), List.of(REQUEST, second)));
    assertThat(decide("orders", List.of(REQUEST, second), List.of(REQUEST, second)))
        .isInstanceOf(Inject.class);
  }

  @Test
  void aPodIsRefusedForNowRatherThanGivenWhatARequestSaidBefore() {
    var edited = request("db", NOW.minusSeconds(30));
    edited.getMetadata().setGeneration(2L);

    assertNotReady(decide("orders", List.of(REQUEST), List.of(edited)));
  }

  /** No list for each pod of a namespace in which nothing is new. */
  @Test
  void whereNothingIsNewNobodyIsAsked() {
    var old = request("db", NOW.minusSeconds(60));

    assertThat(decide("orders", List.of(old), List.of())).isInstanceOf(Inject.class);
  }

  private static void assertNotReady(InjectionDecision decision) {
    assertThat(decision)
        .isInstanceOfSatisfying(
            Refuse.class, r -> assertThat(r.reason()).isEqualTo(Reason.NotReady));
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
