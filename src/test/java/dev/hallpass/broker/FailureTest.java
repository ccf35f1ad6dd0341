package dev.hallpass.broker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hallpass.audit.AuditUnavailableException;
import dev.hallpass.lease.RefusedException;
import dev.hallpass.wire.Reason;
import io.fabric8.kubernetes.client.KubernetesClientException;
import org.junit.jupiter.api.Test;

class FailureTest {

  @Test
  void saysWhatWasSaidOfARefusal() {
    assertThat(Failure.of(new RefusedException(Reason.PolicyDenied, "no")))
        .isEqualTo(new Failure(Reason.PolicyDenied, "no"));
    assertThat(Failure.of(new AuditUnavailableException("full")))
        .isEqualTo(new Failure(Reason.AuditUnavailable, "full"));
  }

  /** Such messages quote what was sent, and go to whoever called. */
  @Test
  void quotesNothingOfWhatWasNotExpected() {
    assertThat(Failure.of(new KubernetesClientException("hidden", 409, null)))
        .isEqualTo(
            new Failure(
                Reason.ApiServerUnavailable, "the API server answered with HTTP status 409"));
    assertThat(Failure.of(new IllegalStateException("hidden")))
        .isEqualTo(new Failure(Reason.InternalError, Reason.InternalError.meaning()));
  }
}
