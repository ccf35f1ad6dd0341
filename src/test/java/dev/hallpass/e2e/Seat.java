package dev.hallpass.e2e;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.scheduling.v1.PriorityClassBuilder;
import java.util.List;
import java.util.Map;

/**
 * A seat that a node has one of, for which two pods of different priority compete. It makes room
 * for both impossible, whatever the node's CPUs, and is nothing to anybody else.
 */
final class Seat implements AutoCloseable {
  private final Scene scene;
  private final Map<String, String> values;

  private Seat(Scene scene, String node) {
    this.scene = scene;
    this.values = Map.of("NODE", node, "NAMESPACE", scene.namespace());
  }

  /** A seat on this node, and the priorities for it. */
  static Seat on(Scene scene, String node) {
    scene
        .client()
        .nodes()
        .withName(node)
        .editStatus(
            n -> {
              n.getStatus().getCapacity().put("hallpass.dev/seat", new Quantity("1"));
              return n;
            });
    var seat = new Seat(scene, node);
    seat.priority("low", 10);
    seat.priority("high", 1000);
    return seat;
  }

  /** A pod that sits there, and has its credential. */
  Pod victim() {
    scene.apply("victim.yaml", values);
    var pod = scene.awaitRunning("victim");
    scene.awaitActive(pod);
    return pod;
  }

  /** Somebody else wants it who counts for more. */
  void usurp() {
    scene.apply("usurper.yaml", values);
  }

  private void priority(String name, int value) {
    scene
        .client()
        .resource(
            new PriorityClassBuilder()
                .withNewMetadata()
                .withName(scene.namespace() + "-" + name)
                .endMetadata()
                .withValue(value)
                .build())
        .create();
  }

  @Override
  public void close() {
    for (var name : List.of("low", "high")) {
      scene
          .client()
          .scheduling()
          .v1()
          .priorityClasses()
          .withName(scene.namespace() + "-" + name)
          .delete();
    }
  }
}
