package dev.hallpass.bench;

import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.api.v1alpha1.Delivery.Format;
import dev.hallpass.broker.BrokerScene;
import dev.hallpass.provider.postgresql.PostgreSqlDriver;
import dev.hallpass.testing.KubeApi;
import dev.hallpass.testing.PostgresServer;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** A cluster with many leases in it, of some pods, and as many pods in all. */
final class ScaleScene implements AutoCloseable {
  private static final int WORKERS = 8;

  private final PostgreSqlDriver driver = new PostgreSqlDriver(new SecureRandom());
  private final KubeApi kube;
  private final BrokerScene broker;

  ScaleScene(KubeApi kube, PostgresServer.Instance server) {
    this.kube = kube;
    broker = new BrokerScene(kube, server, driver);
    Nodes.ready(kube.client(), "node-1");
  }

  /** Issues so many credentials by the full path. */
  void issue(int count) {
    var caller = new Caller(broker);
    var tickets = new Tickets(broker, "pg", "reader", "1h", Format.Json);
    tickets.prepare(count);
    inParallel(count, n -> caller.issue(tickets.next()));
    broker.stop();
  }

  /** Adds pods that nothing of Hallpass is about, until there are so many. */
  void fill(int pods) {
    var there = holders().size();
    inParallel(
        pods - there,
        n ->
            kube.client()
                .resource(
                    new PodBuilder()
                        .withNewMetadata()
                        .withName("filler-" + n)
                        .withNamespace(kube.namespace())
                        .endMetadata()
                        .withNewSpec()
                        .withServiceAccountName("other")
                        .addNewContainer()
                        .withName("app")
                        .withImage("none")
                        .endContainer()
                        .endSpec()
                        .build())
                .create());
  }

  @FunctionalInterface
  private interface Step {
    Object take(int number) throws Exception;
  }

  private static void inParallel(int count, Step step) {
    Load.inParallel(
        WORKERS,
        IntStream.range(0, count)
            .<Callable<Void>>mapToObj(
                n ->
                    () -> {
                      step.take(n);
                      return null;
                    })
            .toList());
  }

  /** The pods that have leases. */
  List<Pod> holders() {
    return kube.client()
        .pods()
        .inNamespace(kube.namespace())
        .withLabel("app", "orders")
        .list()
        .getItems();
  }

  /** All pods. */
  List<Pod> pods() {
    return kube.client().pods().inNamespace(kube.namespace()).list().getItems();
  }

  /** All leases. */
  List<CredentialLease> leases() {
    return broker.leases();
  }

  /** The leases of this pod. */
  Stream<CredentialLease> leases(Pod pod) {
    return leases().stream()
        .filter(l -> l.getSpec().pod().uid().equals(pod.getMetadata().getUid()));
  }

  /** The pods go, as by force. */
  void end(List<Pod> pods) {
    inParallel(pods.size(), n -> kube.client().resource(pods.get(n)).withGracePeriod(0).delete());
  }

  /** What tells whether anybody has written to one of these since. */
  static Map<String, String> versions(Stream<? extends HasMetadata> objects) {
    return objects.collect(
        Collectors.toMap(o -> o.getMetadata().getUid(), o -> o.getMetadata().getResourceVersion()));
  }

  @Override
  public void close() {
    driver.close();
  }
}
