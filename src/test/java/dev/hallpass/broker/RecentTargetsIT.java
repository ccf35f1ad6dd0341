package dev.hallpass.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hallpass.api.v1alpha1.CredentialProvider;
import dev.hallpass.provider.TargetException;
import dev.hallpass.provider.Targets;
import dev.hallpass.testing.KubeApi;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(KubeApi.class)
class RecentTargetsIT {
  private Instant now = Instant.parse("2026-11-25T10:00:00Z");
  private final Clock clock = ((InstantSource) () -> now).withZone(ZoneOffset.UTC);
  private KubeApi kube;
  private RecentTargets targets;

  @BeforeEach
  void prepare(KubeApi api) {
    kube = api;
    targets = new RecentTargets(new Targets(kube.client(), "hallpass-system"), clock);
    kube.client().resource(secret("first")).create();
  }

  @Test
  void aSecretIsReadAgainAfterTwoSeconds() {
    var provider = provider("one", 1);
    assertThat(password(provider)).isEqualTo("first");

    kube.client().resource(secret("second")).update();
    now = now.plusMillis(1999);
    assertThat(password(provider)).isEqualTo("first");

    now = now.plusMillis(1);
    assertThat(password(provider)).isEqualTo("second");
  }

  @Test
  void aProviderThatChangedAndOneThatFollowsItAreLookedAtAnew() {
    assertThat(password(provider("one", 1))).isEqualTo("first");
    kube.client().resource(secret("second")).update();

    assertThat(password(provider("one", 2))).isEqualTo("second");
    assertThat(password(provider("two", 1))).isEqualTo("second");
  }

  @Test
  void whatCannotBeReadIsNotRemembered() {
    kube.client().resource(secret("first")).delete();
    assertThatThrownBy(() -> password(provider("one", 1))).isInstanceOf(TargetException.class);

    kube.client().resource(secret("second")).create();
    assertThat(password(provider("one", 1))).isEqualTo("second");
  }

  private String password(CredentialProvider provider) {
    return targets.target(provider).admin().get("password").reveal();
  }

  private Secret secret(String password) {
    return new SecretBuilder()
        .withNewMetadata()
        .withName("admin")
        .withNamespace(kube.namespace())
        .endMetadata()
        .addToStringData("password", password)
        .build();
  }

  private CredentialProvider provider(String uid, long generation) {
    return Serialization.unmarshal(
        """
        apiVersion: hallpass.dev/v1alpha1
        kind: CredentialProvider
        metadata: {name: pg, namespace: %s, uid: %s, generation: %d}
        spec:
          postgresql: {host: pg, database: shop, adminSecretRef: {name: admin}}
        """
            .formatted(kube.namespace(), uid, generation),
        CredentialProvider.class);
  }
}
