package dev.hallpass.broker;

import dev.hallpass.api.v1alpha1.HallpassApi;
import dev.hallpass.wire.Secret;
import io.fabric8.kubernetes.api.model.authentication.TokenReviewStatusBuilder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;

/** Tokens as pods have them, and what an API server says of them. */
final class PodTokens {
  private PodTokens() {}

  /** A JWT that claims our audience, and that nobody signed. */
  static Secret claiming(String id) {
    return jwt("{\"aud\":[\"%s\"],\"jti\":\"%s\"}".formatted(HallpassApi.TOKEN_AUDIENCE, id));
  }

  static Secret jwt(String claims) {
    var encoder = Base64.getUrlEncoder().withoutPadding();
    return Secret.of(
        "e30."
            + encoder.encodeToString(claims.getBytes(StandardCharsets.UTF_8))
            + "."
            + encoder.encodeToString(new byte[] {1, 2, 3}));
  }

  static TokenReviewStatusBuilder accepted(String pod, String uid) {
    return new TokenReviewStatusBuilder()
        .withAuthenticated(true)
        .withAudiences(HallpassApi.TOKEN_AUDIENCE)
        .withNewUser()
        .withUsername("system:serviceaccount:shop:orders")
        .addToExtra("authentication.kubernetes.io/pod-name", List.of(pod))
        .addToExtra("authentication.kubernetes.io/pod-uid", List.of(uid))
        .addToExtra("authentication.kubernetes.io/node-name", List.of("n1"))
        .endUser();
  }
}
