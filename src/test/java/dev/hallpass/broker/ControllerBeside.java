package dev.hallpass.broker;

import static org.awaitility.Awaitility.await;

import dev.hallpass.audit.AuditLog;
import dev.hallpass.lease.LeaseTimes;
import dev.hallpass.notification.Receiver;
import dev.hallpass.policy.PolicyDecider;
import dev.hallpass.provider.Drivers;
import dev.hallpass.provider.TargetDriver;
import dev.hallpass.reconcile.Controller;
import dev.hallpass.reconcile.ControllerSettings;
import dev.hallpass.reconcile.LeadershipTimes;
import dev.hallpass.reconcile.provider.ProviderTimes;
import dev.hallpass.testing.KubeApi;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A controller that ends what the broker of a {@link BrokerScene} has issued. */
final class ControllerBeside {
  private ControllerBeside() {}

  /**
   * Starts one, and waits until it leads.
   *
   * @param systemNamespace Hallpass's own
   * @param receiver is told what people should hear of; null where nobody is
   */
  static Controller start(
      KubeApi kube,
      String systemNamespace,
      AuditLog audit,
      MeterRegistry metrics,
      @Nullable Receiver receiver,
      List<TargetDriver> drivers) {
    var controller =
        new Controller(
            kube.client(),
            new Drivers(drivers),
            audit,
            metrics,
            Clock.systemUTC(),
            new ControllerSettings(
                BrokerScene.INSTALLATION,
                systemNamespace,
                "beside",
                LeaseTimes.DEFAULT,
                ProviderTimes.DEFAULT,
                PolicyDecider.Unmatched.Allow,
                Duration.ofHours(4),
                LeadershipTimes.DEFAULT,
                receiver),
            List.of(),
            () -> {});
    controller.start();
    await().atMost(Duration.ofSeconds(60)).until(controller::leads);
    return controller;
  }
}
