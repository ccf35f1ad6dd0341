package dev.hallpass.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.cli.Named.Kind;
import dev.hallpass.cli.RevokePlan.Duration;
import dev.hallpass.cli.RevokePlan.Order;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class RevokePlanTest {
  private static final List<CredentialLease> LEASES =
      Objects.of("shop.yaml").of(CredentialLease.class);

  @Test
  void aLeaseIsDeleted() {
    var plan = plan(Kind.LEASE, "orders-1-db");

    assertThat(plan.deletions())
        .extracting(l -> l.getMetadata().getName())
        .containsExactly("orders-1-db");
    assertThat(plan.orders()).isEmpty();
  }

  @Test
  void ofAProviderAllLiveLeasesAreDeleted() {
    assertThat(plan(Kind.PROVIDER, "orders-postgres").ending().keySet())
        .containsExactly("shop/orders-1-db", "shop/orders-2-db", "shop/gone-db");
    assertThat(plan(Kind.CLUSTER_PROVIDER, "orders-postgres").ending()).isEmpty();
  }

  @Test
  void aPodIsOrderedToLoseWhatItHoldsNow() {
    var plan = plan(Kind.POD, "orders-1");

    assertThat(plan.deletions()).isEmpty();
    assertThat(plan.orders())
        .containsExactly(new Order(new Named(Kind.POD, "orders-1"), "2026-11-23T08:50:00Z"));
    assertThat(plan.ending().keySet()).containsExactly("shop/orders-1-db");
  }

  @Test
  void theOrderIsAsOldAsTheLastLeaseWhateverTheClockSays() {
    var late = Instant.parse("2026-11-23T08:00:00Z");
    var fast = Instant.parse("2026-11-23T10:00:00Z");

    assertThat(List.of(late, fast))
        .extracting(
            now ->
                RevokePlan.of(
                        List.of(new Named(Kind.REQUEST, "orders-db")), LEASES, Duration.ONCE, now)
                    .orders()
                    .getFirst()
                    .value())
        .containsOnly("2026-11-23T08:52:00Z");
  }

  @Test
  void whereThereIsNoLeaseTheClockMustDo() {
    assertThat(plan(Kind.POD, "orders-9").orders())
        .containsExactly(new Order(new Named(Kind.POD, "orders-9"), "2026-11-23T09:00:00Z"));
  }

  @Test
  void aStandingOrderCoversWhateverComes() {
    var plan =
        RevokePlan.of(
            List.of(new Named(Kind.POD, "orders-1")), LEASES, Duration.STANDING, Objects.NOW);

    assertThat(plan.orders().getFirst().value()).isEqualTo("all");
  }

  @Test
  void whatIsOverIsLeftAlone() {
    assertThat(RevokePlan.ofAll(LEASES).ending()).doesNotContainKey("shop/old-db").hasSize(4);
  }

  private static RevokePlan plan(Kind kind, String name) {
    return RevokePlan.of(List.of(new Named(kind, name)), LEASES, Duration.ONCE, Objects.NOW);
  }
}
