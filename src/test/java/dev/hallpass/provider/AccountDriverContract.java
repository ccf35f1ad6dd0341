package dev.hallpass.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hallpass.wire.Reason;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What drivers keep to whose targets know of each credential that was made there. */
public interface AccountDriverContract extends TargetDriverContract {

  @Test
  default void aSecondIssueMakesNoSecondAccountAndReplacesTheSecretWhereThatCanBe() {
    var lease = UUID.randomUUID();
    var first = driver().issue(target(), grant(lease, 1));
    driver().activate(target(), grant(lease, 1));

    var second = driver().issue(target(), grant(lease, 2));
    assertThat(admits(first)).isNotEqualTo(mintsDisabled());
    assertThat(admits(second)).isNotEqualTo(mintsDisabled());

    driver().activate(target(), grant(lease, 2));
    assertThat(admits(first)).isNotEqualTo(mintsDisabled());
    assertThat(admits(second)).isTrue();
    assertThat(driver().inventory(target(), INSTALLATION))
        .containsOnlyOnce(new Subject(INSTALLATION, lease));
  }

  @Test
  default void whatAnOvertakenBrokerDoesLateHasNoEffect() {
    var lease = UUID.randomUUID();
    driver().issue(target(), grant(lease, 1));
    var current = driver().issue(target(), grant(lease, 2));
    driver().activate(target(), grant(lease, 2));

    assertReason(Reason.Superseded, () -> driver().issue(target(), grant(lease, 1)));
    assertReason(Reason.Superseded, () -> driver().activate(target(), grant(lease, 1)));
    assertReason(Reason.Superseded, () -> driver().renew(target(), grant(lease, 1)));
    assertThat(admits(current)).isTrue();
  }

  @Test
  default void nothingIsActivatedOrRenewedAfterRevocation() {
    var grant = grant(UUID.randomUUID(), 1);
    driver().issue(target(), grant);
    driver().revoke(target(), grant.subject());

    assertReason(Reason.LeaseEnded, () -> driver().activate(target(), grant));
    assertReason(Reason.LeaseEnded, () -> driver().renew(target(), grant));
  }

  @Test
  default void renewalKeepsTheSecret() {
    var grant = grant(UUID.randomUUID(), 1);
    var material = driver().issue(target(), grant);
    driver().activate(target(), grant);

    driver().renew(target(), grant);

    assertThat(admits(material)).isTrue();
  }

  @Test
  default void inventoryLeavesOtherInstallationsAlone() {
    var ours = grant(UUID.randomUUID(), 1);
    var theirs =
        new Grant(
            new Subject("ffffffff", UUID.randomUUID()),
            1,
            level(),
            ours.expiresAt(),
            new Holder("other", "pod", "orders"));
    driver().issue(target(), ours);
    driver().issue(target(), theirs);

    assertThat(driver().inventory(target(), INSTALLATION))
        .contains(ours.subject())
        .doesNotContain(theirs.subject());
  }

  private static void assertReason(
      Reason reason, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            TargetException.class, e -> assertThat(e.reason()).isEqualTo(reason));
  }
}
