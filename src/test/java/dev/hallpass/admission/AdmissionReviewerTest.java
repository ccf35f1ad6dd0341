package dev.hallpass.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hallpass.wire.Reason;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AdmissionReviewerTest {
  private final AdmissionCase selected;

  AdmissionReviewerTest() throws IOException {
    selected = AdmissionCase.read(Path.of("src/test/resources/admission/sidecar"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"kube-system", "kube-public", "hallpass-system"})
  void systemNamespacesAreLeftAloneEvenWhileNothingIsKnown(String namespace) throws IOException {
    var outcome = selected.notReady().review(namespace);

    assertThat(outcome.isAllowed()).isTrue();
    assertThat(outcome.isPatched()).isFalse();
  }

  @Test
  void whileCachesAreEmptyPodsAreRefused() throws IOException {
    var outcome = selected.notReady().review(AdmissionCase.NAMESPACE);

    assertThat(outcome.isAllowed()).isFalse();
    assertThat(outcome.response().path("status").path("code").asInt()).isEqualTo(503);
    assertThat(outcome.response().path("status").path("reason").asText()).isEqualTo("NotReady");
    assertThat(outcome.message())
        .isEqualTo("hallpass: Hallpass is starting; try again in a moment (NotReady)");
  }

  @Test
  void theAnswerCarriesTheQuestionsUid() throws IOException {
    assertThat(selected.review(AdmissionCase.NAMESPACE).response().path("uid").asText())
        .isEqualTo("u-1");
  }

  @Test
  void withoutATrustBundlePodsAreRefused() {
    var decider =
        new InjectionDecider(
            AdmissionCase.SETTINGS,
            selected,
            selected,
            AdmissionCase::offer,
            () -> " ",
            Clock.systemUTC());

    assertThat(
            decider.decide(
                new KubernetesSerialization().convertValue(selected.pod(), Pod.class),
                AdmissionCase.NAMESPACE))
        .isEqualTo(
            Objection.refusal(
                List.of(
                    new Objection(
                        Reason.NotReady,
                        "the broker's certificate is not known yet; try again in a moment"))));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "nonsense",
        "{}",
        """
        {"apiVersion":"admission.k8s.io/v1","request":{"uid":"u","operation":"UPDATE",
         "resource":{"resource":"pods"},"object":{}}}""",
        """
        {"apiVersion":"admission.k8s.io/v1","request":{"uid":"u","operation":"CREATE",
         "resource":{"resource":"pods"},"subResource":"binding","object":{}}}"""
      })
  void whatIsNotTheCreationOfAPodIsMalformed(String body) {
    var decider =
        new InjectionDecider(
            AdmissionCase.SETTINGS,
            selected,
            selected,
            AdmissionCase::offer,
            () -> "CA",
            Clock.systemUTC());
    var reviewer = new AdmissionReviewer(decider, AdmissionCase.SETTINGS);

    assertThatThrownBy(() -> reviewer.review(body.getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
