package dev.hallpass.kube;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.hallpass.kube.ParamState.Found;
import dev.hallpass.kube.ParamState.Unreadable;
import dev.hallpass.testing.KubeApi;
import dev.hallpass.testing.StallingProxy;
import dev.hallpass.testing.WindowKind;
import dev.hallpass.wire.Reason;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.time.Duration;
import java.util.Map;
import org.assertj.core.api.Condition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A watch of which nothing is heard, be it cut or silent. */
@ExtendWith(KubeApi.class)
class ParamWatchIT {
  private static final Duration SOON = Duration.ofSeconds(60);

  /** A question on a connection that is silent takes this long to fail. */
  private static final Duration ANSWER = Duration.ofSeconds(1);

  /** A check, a question that fails, and one more: some 20 s on an idle machine. */
  private static final Duration CORRECTED = Duration.ofSeconds(60);

  private WindowKind windows;
  private StallingProxy proxy;
  private KubernetesClient reading;
  private ParamWatch watch;

  @BeforeEach
  void follow(KubeApi kube) {
    windows = new WindowKind(kube.client(), kube.namespace());
    windows.install();
    windows.set("a", "{open: true}");
    proxy = StallingProxy.before(kube.client().getMasterUrl().getPort());
    reading =
        new KubernetesClientBuilder()
            .withConfig(
                proxy
                    .configuration(kube.client())
                    .withRequestTimeout((int) ANSWER.toMillis())
                    .withRequestRetryBackoffLimit(0)
                    .build())
            .build();
    watch =
        ParamWatch.open(
            new ParamObject(windows.apiVersion(), "Window", kube.namespace(), "a"),
            new ParamReader(reading),
            object -> {});
    await().atMost(SOON).untilAsserted(() -> assertThat(watch.state()).is(open(true)));
    assertThat(watch.currentState()).isEqualTo(watch.state());
  }

  @AfterEach
  void stop() {
    watch.close();
    reading.close();
    proxy.close();
    windows.close();
  }

  private static Condition<ParamState> open(boolean open) {
    return new Condition<>(
        state ->
            state instanceof Found(var value, var version)
                && value.get("spec").equals(Map.of("open", open)),
        "open: %s",
        open);
  }

  /** The controller goes on with what it saw; the broker asks again. */
  @Test
  void whatMayHaveChangedUnseenIsUnread() {
    proxy.close();

    await()
        .atMost(SOON)
        .untilAsserted(
            () ->
                assertThat(watch.currentState())
                    .isInstanceOfSatisfying(
                        Unreadable.class,
                        u -> assertThat(u.reason()).isEqualTo(Reason.ParamsUnread)));
    assertThat(watch.state()).is(open(true));
  }

  @Test
  void aWatchThatIsSilentIsOpenedAnew() {
    proxy.stallOpen();
    windows.set("a", "{open: false}");

    await().atMost(CORRECTED).untilAsserted(() -> assertThat(watch.state()).is(open(false)));
    windows.set("a", "{open: true}");
    await().atMost(SOON).untilAsserted(() -> assertThat(watch.state()).is(open(true)));
  }
}
