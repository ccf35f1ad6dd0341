package dev.hallpass.provider;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hallpass.api.v1alpha1.CredentialProvider;
import dev.hallpass.api.v1alpha1.CredentialProviderStatus;
import dev.hallpass.kube.Conditions;
import dev.hallpass.kube.Statement;
import dev.hallpass.wire.Reason;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReadinessTest {
  private static final long GENERATION = 2;
  private static final Statement ANSWERS =
      new Statement.Holds(Conditions.READY, Reason.Ready, "the target answers");
  private static final Statement FAILS =
      new Statement.Fails(Conditions.READY, Reason.TargetUnreachable, "connection refused");

  @Test
  void aProviderThatNobodyProbedIsNotYetReady() {
    assertThat(Readiness.of(provider()).obstacle())
        .contains("was not probed yet, which takes a moment");
  }

  @Test
  void aProviderWhoseTargetAnsweredIsReady() {
    assertThat(Readiness.of(probed(ANSWERS, GENERATION))).isEqualTo(new Readiness.Ready());
  }

  @Test
  void aProviderThatFailsSaysSoInTheTargetsWords() {
    assertThat(Readiness.of(probed(FAILS, GENERATION)))
        .isEqualTo(new Readiness.Failing("is not ready (TargetUnreachable): connection refused"));
  }

  @Test
  void aProviderThatWasCorrectedSinceIsNotHeldToItsFailure() {
    assertThat(Readiness.of(probed(FAILS, GENERATION - 1)))
        .isEqualTo(
            new Readiness.Unprobed("was not probed since it was changed, which takes a moment"));
  }

  private static CredentialProvider probed(Statement said, long generation) {
    var provider = provider();
    provider.setStatus(
        new CredentialProviderStatus(
            generation, null, null, Conditions.with(List.of(), said, generation, Instant.EPOCH)));
    return provider;
  }

  private static CredentialProvider provider() {
    var provider = new CredentialProvider();
    provider.getMetadata().setGeneration(GENERATION);
    return provider;
  }
}
