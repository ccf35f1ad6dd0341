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
  private final Standing standing;

  @Inject
  ReadinessProbe(Standing standing) {
    this.standing = standing;
  }

  @Override
  public HealthCheckResponse call() {
    return HealthCheckResponse.named("hallpass").status(standing.ready()).build();
  }
}
