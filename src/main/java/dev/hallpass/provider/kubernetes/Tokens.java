package dev.hallpass.provider.kubernetes;

import dev.hallpass.api.v1alpha1.KubernetesAccess;
import dev.hallpass.provider.TargetException;
import dev.hallpass.wire.Reason;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.authentication.TokenRequest;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/** Asks the API server for tokens (authentication.k8s.io/v1, TokenRequest). */
final class Tokens {
  /** The API server refuses less. */
  private static final Duration SHORTEST = Duration.ofMinutes(10);

  /**
   * The API server takes exactly this for the wish of an old kubelet, and issues a token for a year
   * ({@code --service-account-extend-token-expiration}, KEP-1205).
   */
  private static final long EXTENDED = 3607;

  /** Between its clock and ours. */
  private static final Duration TOLERANCE = Duration.ofSeconds(30);

  private final KubernetesClient client;
  private final String namespace;
  private final Clock clock;

  Tokens(KubernetesClient client, String namespace, Clock clock) {
    this.client = client;
    this.namespace = namespace;
    this.clock = clock;
  }

  /** A token that is accepted while the anchor exists, until this time or ten minutes from now. */
  dev.hallpass.wire.Secret mint(KubernetesAccess access, Secret anchor, Instant expiresAt) {
    var seconds = seconds(expiresAt);
    var answer = ask(access, request(access, anchor, seconds));
    requireNoneShorter(answer, clock.instant().plusSeconds(seconds));
    return dev.hallpass.wire.Secret.of(answer.getStatus().getToken());
  }

  private long seconds(Instant expiresAt) {
    var left = Duration.between(clock.instant(), expiresAt).toSeconds();
    var seconds = Math.max(SHORTEST.toSeconds(), left);
    return seconds == EXTENDED ? EXTENDED - 1 : seconds;
  }

  private TokenRequest ask(KubernetesAccess access, TokenRequest request) {
    var account = access.serviceAccountName();
    try {
      return client
          .serviceAccounts()
          .inNamespace(namespace)
          .withName(account)
          .tokenRequest(request);
    } catch (KubernetesClientException e) {
      if (e.getCode() == HttpURLConnection.HTTP_NOT_FOUND) {
        throw new TargetException(
            Reason.TargetRefused,
            ("access.kubernetes.serviceAccountName: there is no service account %s in namespace"
                    + " %s; create it")
                .formatted(account, namespace),
            e);
      }
      throw ApiAnswers.explain("create serviceaccounts/token of " + account, namespace, e);
    }
  }

  private TokenRequest request(KubernetesAccess access, Secret anchor, long seconds) {
    return new TokenRequestBuilder()
        .withNewSpec()
        .withAudiences(access.audiences())
        .withExpirationSeconds(seconds)
        .withNewBoundObjectRef()
        .withApiVersion("v1")
        .withKind("Secret")
        .withName(anchor.getMetadata().getName())
        .withUid(anchor.getMetadata().getUid())
        .endBoundObjectRef()
        .endSpec()
        .build();
  }

  /** An agent that believes in a later end than the token has would renew too late. */
  private static void requireNoneShorter(TokenRequest answer, Instant asked) {
    var given = Instant.parse(answer.getStatus().getExpirationTimestamp());
    if (given.isBefore(asked.minus(TOLERANCE))) {
      throw new TargetException(
          Reason.TargetRefused,
          ("the API server shortens tokens (--service-account-max-token-expiration) to end at %s"
                  + " instead of %s; lower the ttl, and the level's maxTtl")
              .formatted(given, asked));
    }
  }
}
