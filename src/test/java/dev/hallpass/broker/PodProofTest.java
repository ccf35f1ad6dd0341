package dev.hallpass.broker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hallpass.broker.Proof.Accepted;
import dev.hallpass.broker.Proof.Refused;
import dev.hallpass.wire.Reason;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodIP;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class PodProofTest {
  private static final PodToken TOKEN = new PodToken("shop", "orders", "orders-1", "uid-1", "n1");

  @Test
  void acceptsALivePodAtItsOwnAddress() {
    var pod = pod(p -> p);

    assertThat(PodProof.judge(TOKEN, pod, "10.0.0.7")).isEqualTo(new Accepted(pod));
  }

  @Test
  void acceptsAPodThatStillStarts() {
    var pod = pod(p -> p.editStatus().withPhase("Pending").endStatus());

    assertThat(PodProof.judge(TOKEN, pod, "10.0.0.7")).isEqualTo(new Accepted(pod));
  }

  @Test
  void acceptsATokenOfAnApiServerThatNamesNoNode() {
    var token = new PodToken("shop", "orders", "orders-1", "uid-1", null);
    var pod = pod(p -> p);

    assertThat(PodProof.judge(token, pod, "10.0.0.7")).isEqualTo(new Accepted(pod));
  }

  @Test
  void acceptsEachAddressOfThePodHoweverItIsSpelt() {
    var pod = pod(p -> p.editStatus().addToPodIPs(new PodIP("fd00::7")).endStatus());

    assertThat(PodProof.judge(TOKEN, pod, "fd00:0:0:0:0:0:0:7")).isEqualTo(new Accepted(pod));
    assertThat(PodProof.judge(TOKEN, pod, "::ffff:10.0.0.7")).isEqualTo(new Accepted(pod));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource
  void refuses(Reason reason, @Nullable Pod pod, String address) {
    assertThat(PodProof.judge(TOKEN, pod, address))
        .isInstanceOfSatisfying(
            Refused.class, refused -> assertThat(refused.reason()).isEqualTo(reason));
  }

  static Stream<Arguments> refuses() {
    return Stream.of(
        of(Reason.PodGone, null),
        of(Reason.PodGone, pod(p -> p.editMetadata().withUid("uid-2").endMetadata())),
        of(
            Reason.PodTerminating,
            pod(p -> p.editMetadata().withDeletionTimestamp("2026-01-01T00:00:00Z").endMetadata())),
        of(Reason.PodEnded, pod(p -> p.editStatus().withPhase("Succeeded").endStatus())),
        of(Reason.PodEnded, pod(p -> p.editStatus().withPhase("Failed").endStatus())),
        of(Reason.TokenInvalid, pod(p -> p.editSpec().withServiceAccountName("other").endSpec())),
        of(Reason.TokenInvalid, pod(p -> p.editSpec().withNodeName("n2").endSpec())),
        of(Reason.HostNetworkUnsupported, pod(p -> p.editSpec().withHostNetwork(true).endSpec())),
        of(
            Reason.PodAddressUnknown,
            pod(p -> p.editStatus().withPodIP(null).withPodIPs().endStatus())),
        Arguments.of(Reason.AddressMismatch, pod(p -> p), "10.0.0.8"),
        Arguments.of(Reason.AddressMismatch, pod(p -> p), "::1"));
  }

  private static Arguments of(Reason reason, @Nullable Pod pod) {
    return Arguments.of(reason, pod, "10.0.0.7");
  }

  private static Pod pod(UnaryOperator<PodBuilder> change) {
    return change
        .apply(
            new PodBuilder()
                .withNewMetadata()
                .withName("orders-1")
                .withNamespace("shop")
                .withUid("uid-1")
                .endMetadata()
                .withNewSpec()
                .withServiceAccountName("orders")
                .withNodeName("n1")
                .endSpec()
                .withNewStatus()
                .withPhase("Running")
                .withPodIP("10.0.0.7")
                .withPodIPs(new PodIP("10.0.0.7"))
                .endStatus())
        .build();
  }
}
