package dev.hallpass.app;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Whether the process can do its work. */
@Readiness
@Singleton
final class ReadinessProbe implements HealthCheck {
  private final BrokerProcess broker;
  private final ControllerProcess controller;

  @Inject
  ReadinessProbe(BrokerProcess broker, ControllerProcess controller) {
    this.broker = broker;
    this.controller = controller;
  }

  @Override
  public HealthCheckResponse call() {
    return HealthCheckResponse.named("hallpass")
        .status(broker.ready() || controller.healthy())
        .build();
  }
}
