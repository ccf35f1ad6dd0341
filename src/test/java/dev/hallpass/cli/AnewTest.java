package dev.hallpass.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.PodBuilder;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AnewTest {
  @ParameterizedTest
  @CsvSource({
    "ReplicaSet, orders-api-7d6fc, 7d6fc, rollout restart deployment/orders-api",
    "ReplicaSet, orders-7d6fc, , delete pod orders-1",
    "ReplicaSet, orders, 7d6fc, delete pod orders-1",
    "StatefulSet, ledger, , rollout restart statefulset/ledger",
    "DaemonSet, logs, , rollout restart daemonset/logs",
    "Job, report, , delete pod orders-1",
  })
  void byWhatMadeIt(String kind, String owner, String hash, String command) {
    var pod =
        new PodBuilder()
            .withNewMetadata()
            .withName("orders-1")
            .withNamespace("shop")
            .withLabels(hash == null ? Map.of() : Map.of("pod-template-hash", hash))
            .addNewOwnerReference()
            .withKind(kind)
            .withName(owner)
            .withController(true)
            .endOwnerReference()
            .endMetadata()
            .build();

    assertThat(Anew.command(pod)).contains("kubectl -n shop " + command);
  }

  @Test
  void whatAPersonMadeIsTheirs() {
    var pod = new PodBuilder().withNewMetadata().withName("a").endMetadata().build();

    assertThat(Anew.command(pod)).isEmpty();
  }
}
