package dev.hallpass.reconcile.lease;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hallpass.api.v1alpha1.HallpassApi;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against a pod that may be anybody's. */
@Timeout(60)
class DoorbellTest {
  private ServerSocket pod;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  @BeforeEach
  void listen() throws IOException {
    pod = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
  }

  @AfterEach
  void stop() throws IOException {
    threads.shutdownNow();
    pod.close();
  }

  @Test
  void isHeardWhereAnAgentAccepts() {
    answer("HTTP/1.1 202 Accepted\r\n\r\n", Duration.ZERO);

    assertThat(Doorbell.answers(door())).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "HTTP/1.1 20", "HTTP/1.1 404 Not Found\r\n\r\n", "SSH-2.0-x_9.9\r\n"})
  void nothingElseIsAnAgent(String text) {
    answer(text, Duration.ZERO);

    assertThat(Doorbell.answers(door())).isFalse();
  }

  @Test
  void aPodThatDripsHoldsNobodyUpForLongerThanASecond() {
    answer("HTTP/1.1 202 Accepted\r\n\r\n", Duration.ofMillis(250));

    assertThat(Doorbell.answers(door())).as("it would be there after three seconds").isFalse();
  }

  @Test
  void aPodThatSaysNothingHoldsNobodyUp() {
    assertThat(Doorbell.answers(door())).isFalse();
  }

  @Test
  void ringsWhereInjectionPutTheAgentAndNowhereElse() {
    assertThat(Doorbell.door(pod(7470, false))).contains(new InetSocketAddress("10.0.0.7", 7470));
    assertThat(Doorbell.door(pod(7471, false))).contains(new InetSocketAddress("10.0.0.7", 7471));
    assertThat(Doorbell.door(pod(22, false))).isEmpty();
    assertThat(Doorbell.door(pod(1023, false))).isEmpty();
    assertThat(Doorbell.door(pod(7470, true))).as("the node's address").isEmpty();
  }

  private static Pod pod(int port, boolean hostNetwork) {
    return new PodBuilder()
        .withNewSpec()
        .withHostNetwork(hostNetwork)
        .addNewInitContainer()
        .withName(HallpassApi.AGENT_CONTAINER)
        .withNewStartupProbe()
        .withNewHttpGet()
        .withNewPort(port)
        .endHttpGet()
        .endStartupProbe()
        .endInitContainer()
        .endSpec()
        .withNewStatus()
        .withPodIP("10.0.0.7")
        .endStatus()
        .build();
  }

  private InetSocketAddress door() {
    return new InetSocketAddress(pod.getInetAddress(), pod.getLocalPort());
  }

  /** Each byte after this pause; then the connection is closed. */
  private void answer(String text, Duration pause) {
    threads.execute(
        () -> {
          try (var caller = pod.accept()) {
            for (var b : text.getBytes(StandardCharsets.US_ASCII)) {
              LockSupport.parkNanos(pause.toNanos());
              caller.getOutputStream().write(b);
            }
          } catch (IOException e) {
            // Whoever rang has gone.
            return;
          }
        });
  }
}
