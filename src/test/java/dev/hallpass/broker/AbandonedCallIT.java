package dev.hallpass.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.hallpass.provider.postgresql.PostgreSqlDriver;
import dev.hallpass.testing.KubeApi;
import dev.hallpass.testing.PostgresServer;
import dev.hallpass.testing.StallingProxy;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.security.SecureRandom;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The API server is slow, and the agent gives up, and asks again. */
@ExtendWith({KubeApi.class, PostgresServer.class})
class AbandonedCallIT {
  private final PostgreSqlDriver driver = new PostgreSqlDriver(new SecureRandom());
  private StallingProxy proxy;
  private KubernetesClient acting;
  private BrokerScene scene;

  @BeforeEach
  void open(KubeApi kube, PostgresServer.Instance postgres) {
    proxy = StallingProxy.before(kube.client().getMasterUrl().getPort());
    acting =
        new KubernetesClientBuilder()
            .withConfig(proxy.configuration(kube.client()).build())
            .build();
    scene = new BrokerScene(kube, postgres, acting, kube.client(), kube.namespace(), driver);
    scene.awaitWatch();
  }

  @AfterEach
  void close() {
    scene.close();
    acting.close();
    proxy.close();
    driver.close();
  }

  @Test
  void whatNobodyWaitsForIsNotIssued() {
    var call =
        HttpRequest.newBuilder(scene.address("/v1/credentials"))
            .header("Content-Type", "application/json")
            .header("Authorization", "Bearer " + scene.token(scene.pod("orders-1")))
            .timeout(Duration.ofSeconds(3))
            .POST(BodyPublishers.ofByteArray(BrokerScene.asks("db", "db")))
            .build();

    proxy.stall();
    try (var http = HttpClient.newHttpClient()) {
      assertThatThrownBy(() -> http.send(call, BodyHandlers.discarding()))
          .isInstanceOf(HttpTimeoutException.class);
    }

    proxy.goOn();

    await().until(() -> scene.metrics().contains("CallAbandoned"));
    assertThat(scene.leases()).isEmpty();
  }
}
