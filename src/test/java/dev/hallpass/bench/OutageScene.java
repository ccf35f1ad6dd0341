package dev.hallpass.bench;

import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.api.v1alpha1.Delivery.Format;
import dev.hallpass.broker.BrokerScene;
import dev.hallpass.lease.LeaseTimes;
import dev.hallpass.policy.PolicyDecider;
import dev.hallpass.provider.Drivers;
import dev.hallpass.provider.postgresql.PostgreSqlDriver;
import dev.hallpass.reconcile.Controller;
import dev.hallpass.reconcile.ControllerSettings;
import dev.hallpass.reconcile.LeadershipTimes;
import dev.hallpass.reconcile.provider.ProviderTimes;
import dev.hallpass.testing.KubeApi;
import dev.hallpass.testing.PostgresServer;
import dev.hallpass.testing.RecordedAudit;
import dev.hallpass.wire.IssueAnswer;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/**
 * Leases of two PostgreSQL servers, issued by a broker that then goes, and the controller that
 * looks after them as it does in earnest.
 */
final class OutageScene implements AutoCloseable {
  private static final int WORKERS = 8;
  private static final Duration LONGEST_BREAK_GLASS = Duration.ofHours(4);
  private static final String PROVIDER = "pg";
  private static final String ELSEWHERE = "elsewhere";

  private final PostgreSqlDriver minting = new PostgreSqlDriver(new SecureRandom());
  private final PostgreSqlDriver revoking = new PostgreSqlDriver(new SecureRandom());
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final Queue<IssueAnswer> issued = new ConcurrentLinkedQueue<>();
  private final KubeApi kube;
  private final PostgresServer.Instance elsewhere;
  private final BrokerScene broker;
  private final Controller controller;
  private volatile boolean lost;

  OutageScene(KubeApi kube, PostgresServer.Instance server, PostgresServer.Instance elsewhere) {
    this.kube = kube;
    this.elsewhere = elsewhere;
    broker = new BrokerScene(kube, server, minting);
    broker.postgresProvider(ELSEWHERE, elsewhere);
    controller =
        new Controller(
            kube.client(),
            new Drivers(List.of(revoking)),
            new RecordedAudit(),
            meters,
            Clock.systemUTC(),
            new ControllerSettings(
                BrokerScene.INSTALLATION,
                kube.namespace(),
                "bench",
                LeaseTimes.DEFAULT,
                ProviderTimes.DEFAULT,
                PolicyDecider.Unmatched.Allow,
                LONGEST_BREAK_GLASS,
                LeadershipTimes.DEFAULT,
                null),
            List.of(),
            () -> lost = true);
  }

  /** Issues so many credentials of the one server and of the other, by the full path. */
  void issue(int here, int there) {
    var caller = new Caller(broker);
    issue(caller, PROVIDER, here, issued::add);
    issue(caller, ELSEWHERE, there, answer -> {});
  }

  private void issue(Caller caller, String provider, int count, Consumer<IssueAnswer> keep) {
    var tickets = new Tickets(broker, provider, "reader", "1h", Format.Json);
    tickets.prepare(count);
    Load.inParallel(
        WORKERS,
        Stream.<Callable<Void>>generate(
                () ->
                    () -> {
                      keep.accept(caller.issue(tickets.next()));
                      return null;
                    })
            .limit(count)
            .toList());
  }

  /** The broker goes, and a controller takes over. */
  void leave() {
    broker.stop();
    Nodes.ready(kube.client(), "node-1");
    controller.start();
    Awaitility.await().atMost(Duration.ofMinutes(1)).until(controller::leads);
  }

  /** The leases of the one server. */
  List<CredentialLease> leases() {
    return leases(PROVIDER);
  }

  private List<CredentialLease> leases(String provider) {
    return broker.leases().stream()
        .filter(l -> l.getSpec().providerRef().name().equals(provider))
        .toList();
  }

  /** Lets all leases of the one server run out at that moment, whatever their accounts say. */
  void expireAt(Instant moment) {
    Load.inParallel(
        WORKERS,
        leases().stream()
            .<Callable<Void>>map(
                lease ->
                    () -> {
                      broker.expireAt(lease, moment);
                      return null;
                    })
            .toList());
  }

  /** Deletes so many leases of the other server, one by one: until each account is gone. */
  Sample endElsewhere(int count) {
    var began = System.nanoTime();
    var took =
        leases(ELSEWHERE).stream()
            .filter(l -> !l.isMarkedForDeletion())
            .limit(count)
            .map(this::ending)
            .toList();
    return new Sample(took, Duration.ofNanos(System.nanoTime() - began));
  }

  private Duration ending(CredentialLease lease) {
    var role = lease.getStatus().subject();
    var began = System.nanoTime();
    kube.client().resource(lease).delete();
    Awaitility.await()
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(5))
        .atMost(Duration.ofMinutes(2))
        .until(
            () ->
                elsewhere
                    .query("SELECT rolname FROM pg_roles WHERE rolname = '%s'".formatted(role))
                    .isEmpty());
    return Duration.ofNanos(System.nanoTime() - began);
  }

  /** Credentials of the one server with which one can still log in. */
  long admitted() {
    return issued.stream().filter(broker::admits).count();
  }

  /** Attempts to revoke that a server has not confirmed, up to now. */
  long failures() {
    return count("hallpass.revocation.failures");
  }

  /** Accounts that a sweep had to remove, as no lease named them. */
  long orphans() {
    return count("hallpass.orphans.removed");
  }

  private long count(String meter) {
    return (long) meters.find(meter).counters().stream().mapToDouble(Counter::count).sum();
  }

  /** Whether the controller has led all the time. */
  boolean led() {
    return controller.leads() && !lost;
  }

  @Override
  public void close() {
    controller.close();
    minting.close();
    revoking.close();
  }
}
