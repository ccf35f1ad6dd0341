package dev.hallpass.app;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Liveness;

/**
 * Alive unless a restart would help: that of a controller whose watches have ended, or of a process
 * whose audit trail broke off.
 */
@Liveness
@Singleton
final class LivenessProbe implements HealthCheck {
  private final Standing standing;

  @Inject
  LivenessProbe(Standing standing) {
    this.standing = standing;
  }

  @Override
  public HealthCheckResponse call() {
    return HealthCheckResponse.named("hallpass").status(standing.alive()).build();
  }
}
