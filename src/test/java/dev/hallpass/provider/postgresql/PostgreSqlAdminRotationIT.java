package dev.hallpass.provider.postgresql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.hallpass.provider.Subject;
import dev.hallpass.provider.Target;
import dev.hallpass.provider.TargetException;
import dev.hallpass.testing.PostgresServer;
import dev.hallpass.wire.Reason;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The admin's password, or the admin, changes while leases come and go. */
class PostgreSqlAdminRotationIT {
  private static final int WORKERS = 6;

  private final PostgreSqlDriver driver = new PostgreSqlDriver(new SecureRandom());
  private final PostgresServer.Instance server = PostgresServer.create();
  private final ShopDatabase shop = new ShopDatabase(server);
  private final AtomicReference<Target> target = new AtomicReference<>(shop.target());
  private final AtomicInteger rounds = new AtomicInteger();
  private final AtomicBoolean over = new AtomicBoolean();
  private final Queue<TargetException> failures = new ConcurrentLinkedQueue<>();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final List<Future<?>> load = new ArrayList<>();

  @BeforeEach
  void start() {
    for (var i = 0; i < WORKERS; i++) {
      load.add(threads.submit(this::work));
    }
    afterRounds(20);
  }

  @AfterEach
  void stop() {
    over.set(true);
    threads.close();
    driver.close();
    server.close();
  }

  private void work() {
    while (!over.get()) {
      var grant = ShopDatabase.grant(UUID.randomUUID(), ShopDatabase.level("orders_reader"));
      try {
        driver.issue(target.get(), grant);
        driver.activate(target.get(), grant);
      } catch (TargetException e) {
        failures.add(e);
      }
      revoke(grant.subject());
      rounds.incrementAndGet();
    }
  }

  private void revoke(Subject subject) {
    await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () -> {
              try {
                driver.revoke(target.get(), subject);
                return true;
              } catch (TargetException e) {
                failures.add(e);
                return false;
              }
            });
  }

  private void afterRounds(int more) {
    var goal = rounds.get() + more;
    await().atMost(Duration.ofSeconds(60)).until(() -> rounds.get() >= goal);
  }

  private void finish() throws Exception {
    over.set(true);
    for (var one : load) {
      one.get();
    }
    assertThat(driver.inventory(target.get(), "0a1b2c3d")).isEmpty();
  }

  @Test
  void aNewPasswordIsTakenUpWithoutARestart() throws Exception {
    server.execute("ALTER ROLE hallpass_admin PASSWORD 'loopback-test-next'");
    afterRounds(20);
    target.set(shop.withAdminPassword("loopback-test-next"));
    afterRounds(20);
    assertThat(failures)
        .allSatisfy(e -> assertThat(e.reason()).isEqualTo(Reason.AdminSecretUnavailable));
    failures.clear();

    afterRounds(100);

    finish();
    assertThat(failures).isEmpty();
  }

  @Test
  void aSecondAdminTakesOverWithoutAFailure() throws Exception {
    server.execute(
        "CREATE ROLE hallpass_admin_b LOGIN CREATEROLE PASSWORD 'loopback-test-b'",
        "GRANT hallpass_admin TO hallpass_admin_b",
        "GRANT pg_signal_backend TO hallpass_admin_b",
        "GRANT orders_reader TO hallpass_admin_b WITH ADMIN OPTION");
    driver.probe(shop.withAdmin("hallpass_admin_b", "loopback-test-b"));

    target.set(shop.withAdmin("hallpass_admin_b", "loopback-test-b"));
    afterRounds(100);

    finish();
    assertThat(failures).isEmpty();
  }
}
