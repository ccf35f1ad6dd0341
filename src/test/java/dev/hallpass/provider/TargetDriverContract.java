package dev.hallpass.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.hallpass.api.v1alpha1.CredentialProviderSpec.AccessLevel;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** What every driver must keep to, shown against its real server. */
public interface TargetDriverContract {
  String INSTALLATION = "0a1b2c3d";

  TargetDriver driver();

  Target target();

  AccessLevel level();

  /** Whether the target accepts this material now. */
  boolean admits(Material material);

  /** That the target refuses this material, as soon as it can. */
  default void assertRefused(Material material) {
    assertThat(admits(material)).isFalse();
  }

  /** A login can be made before it is good; a token that is signed is good. */
  default boolean mintsDisabled() {
    return driver().renewal() == Renewal.Extend;
  }

  default Grant grant(UUID lease, long epoch) {
    return new Grant(
        new Subject(INSTALLATION, lease),
        epoch,
        level(),
        Instant.now().plus(Duration.ofMinutes(5)),
        new Holder("shop", "orders-1", "orders"));
  }

  @Test
  default void whatIsIssuedIsUselessUntilActivatedWhereThatCanBe() {
    var grant = grant(UUID.randomUUID(), 1);

    var material = driver().issue(target(), grant);
    assertThat(admits(material)).isNotEqualTo(mintsDisabled());

    driver().activate(target(), grant);
    assertThat(admits(material)).isTrue();
  }

  /** So that a template which is admitted can be filled in. */
  @Test
  default void whatIsIssuedHasTheFieldsThatAreAnnounced() {
    var material = driver().issue(target(), grant(UUID.randomUUID(), 1));

    assertThat(material.fields())
        .extracting(Material.Field::name)
        .containsExactlyInAnyOrderElementsOf(driver().fields(target().spec()).present());
  }

  @Test
  default void revokedMeansRefusedAndGone() {
    var grant = grant(UUID.randomUUID(), 1);
    var material = driver().issue(target(), grant);
    driver().activate(target(), grant);

    driver().revoke(target(), grant.subject());

    assertRefused(material);
    assertThat(driver().inventory(target(), INSTALLATION)).doesNotContain(grant.subject());
  }

  @Test
  default void revokingAgainOrWhatNeverWasIsFine() {
    var grant = grant(UUID.randomUUID(), 1);
    driver().issue(target(), grant);

    driver().revoke(target(), grant.subject());
    assertThatCode(() -> driver().revoke(target(), grant.subject())).doesNotThrowAnyException();
    assertThatCode(() -> driver().revoke(target(), grant(UUID.randomUUID(), 1).subject()))
        .doesNotThrowAnyException();
  }

  @Test
  default void manyAtOnceDoNotDisturbEachOther() throws Exception {
    var leases = java.util.stream.Stream.generate(UUID::randomUUID).limit(32).toList();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var running = new ArrayList<Future<?>>();
      for (var lease : leases) {
        running.add(
            threads.submit(
                () -> {
                  var material = driver().issue(target(), grant(lease, 1));
                  driver().activate(target(), grant(lease, 1));
                  assertThat(admits(material)).isTrue();
                  driver().revoke(target(), grant(lease, 1).subject());
                  assertRefused(material);
                }));
      }
      for (var one : running) {
        one.get();
      }
    }
  }

  @Test
  default void revokingTheSameManyTimesAtOnceIsFine() throws Exception {
    var grant = grant(UUID.randomUUID(), 1);
    driver().issue(target(), grant);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var running = new ArrayList<Future<?>>();
      for (var i = 0; i < 8; i++) {
        running.add(threads.submit(() -> driver().revoke(target(), grant.subject())));
      }
      for (var one : running) {
        one.get();
      }
    }
    assertThat(driver().inventory(target(), INSTALLATION)).doesNotContain(grant.subject());
  }
}
