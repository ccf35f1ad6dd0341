package dev.hallpass.broker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hallpass.audit.AuditUnavailableException;
import dev.hallpass.lease.RefusedException;
import dev.hallpass.wire.Reason;
import io.fabric8.kubernetes.client.KubernetesClientException;
import org.junit.jupiter.api.Test;

class CallFailureTest {

  @Test
  void saysWhatWasSaidOfARefusal() {
    assertThat(CallFailure.of(new RefusedException(Reason.PolicyDenied, "no")))
        .isEqualTo(new CallFailure(Reason.PolicyDenied, "no"));
    assertThat(CallFailure.of(new AuditUnavailableException("full")))
        .isEqualTo(new CallFailure(Reason.AuditUnavailable, "full"));
  }

  /** Such messages quote what was sent, and go to whoever called. */
  @Test
  void quotesNothingOfWhatWasNotExpected() {
    assertThat(CallFailure.of(new KubernetesClientException("hidden", 409, null)))
        .isEqualTo(
            new CallFailure(
                Reason.ApiServerUnavailable, "the API server answered with HTTP status 409"));
    assertThat(CallFailure.of(new IllegalStateException("hidden")))
        .isEqualTo(new CallFailure(Reason.InternalError, Reason.InternalError.meaning()));
  }
}
