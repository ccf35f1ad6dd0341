package dev.hallpass.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.hallpass.lease.RefusedException;
import dev.hallpass.wire.Reason;
import io.fabric8.kubernetes.api.model.authentication.TokenReviewStatus;
import io.fabric8.kubernetes.api.model.authentication.TokenReviewStatusBuilder;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class PodTokenTest {

  @Test
  void namesThePodOfAnAcceptedToken() {
    assertThat(PodToken.of(review(r -> r)))
        .isEqualTo(new PodToken("shop", "orders", "orders-1", "uid-1", "n1"));
  }

  @ParameterizedTest(name = "{0} {2}")
  @MethodSource
  void refuses(Reason reason, @Nullable TokenReviewStatus status, String what) {
    assertThatExceptionOfType(RefusedException.class)
        .isThrownBy(() -> PodToken.of(status))
        .satisfies(e -> assertThat(e.reason()).isEqualTo(reason));
  }

  static Stream<Arguments> refuses() {
    return Stream.of(
        Arguments.of(Reason.TokenInvalid, null, "without an answer"),
        Arguments.of(
            Reason.TokenInvalid, review(r -> r.withAuthenticated(false)), "not authenticated"),
        Arguments.of(Reason.TokenInvalid, review(r -> r.withAudiences()), "without audience"),
        Arguments.of(
            Reason.TokenInvalid, review(r -> r.withAudiences("other")), "for another audience"),
        Arguments.of(
            Reason.TokenNotPodBound,
            review(r -> r.editUser().withUsername("jane").endUser()),
            "of a person"),
        Arguments.of(
            Reason.TokenNotPodBound,
            review(
                r ->
                    r.editUser().removeFromExtra("authentication.kubernetes.io/pod-uid").endUser()),
            "without a pod's UID"),
        Arguments.of(
            Reason.TokenNotPodBound,
            review(
                r ->
                    r.editUser()
                        .addToExtra("authentication.kubernetes.io/pod-name", List.of("a", "b"))
                        .endUser()),
            "with two pods"));
  }

  private static TokenReviewStatus review(UnaryOperator<TokenReviewStatusBuilder> change) {
    return change.apply(PodTokens.accepted("orders-1", "uid-1")).build();
  }
}
