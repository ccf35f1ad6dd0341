package dev.hallpass.broker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hallpass.wire.Reason;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class HttpStatusTest {

  @ParameterizedTest
  @CsvSource({
    "BadRequest, 400, ",
    "TokenMissing, 401, ",
    "TokenInvalid, 401, ",
    "AddressMismatch, 403, ",
    "PodGone, 403, ",
    "NotSelected, 403, ",
    "NamespaceNotAllowed, 403, ",
    "RequestNotFound, 404, ",
    "LeaseNotFound, 404, ",
    "LeaseBusy, 409, 1",
    "PodAddressUnknown, 409, 1",
    "Superseded, 409, ",
    "LeaseEnded, 410, ",
    "LifetimeOver, 410, ",
    "Overloaded, 503, 5",
    "TargetUnreachable, 503, 5",
    "InternalError, 500, ",
  })
  void saysWhatAReasonMeansToTheCaller(Reason reason, int status, Long retrySeconds) {
    assertThat(HttpStatus.of(reason)).isEqualTo(status);
    assertThat(HttpStatus.retryAfter(reason).map(java.time.Duration::toSeconds).orElse(null))
        .isEqualTo(retrySeconds);
  }

  @ParameterizedTest
  @EnumSource(Reason.class)
  void neverTellsThatAllIsWell(Reason reason) {
    assertThat(HttpStatus.of(reason)).isIn(Set.of(400, 401, 403, 404, 409, 410, 500, 503));
  }
}
