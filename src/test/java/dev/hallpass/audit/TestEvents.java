package dev.hallpass.audit;

import dev.hallpass.api.v1alpha1.CredentialLeaseSpec.PodRef;
import dev.hallpass.api.v1alpha1.CredentialLeaseSpec.RequestRef;
import dev.hallpass.api.v1alpha1.ProviderRef;
import java.util.AbstractList;

/** What the tests' trails tell of. */
final class TestEvents {
  static final String LEASE_UID = "0b8f2f3e-6c1d-4a1c-9b57-2c1a3f6d7e80";

  private TestEvents() {}

  static Held held() {
    return new Held(
        "shop",
        new PodRef("orders-1", "11111111-1111-4111-8111-111111111111", "orders", "node-1"),
        new RequestRef("orders-db", "22222222-2222-4222-8222-222222222222"),
        "db",
        new ProviderRef(ProviderRef.Kind.CredentialProvider, "orders-postgres"),
        "reader",
        "team-orders",
        "build invoices",
        new Held.LeaseId("orders-db-x7f2k-1", LEASE_UID));
  }

  /** Has a list that cannot be read. */
  static AuditEvent unwritable() {
    var unreadable =
        new AbstractList<AuditEvent.Consulted>() {
          @Override
          public AuditEvent.Consulted get(int index) {
            throw new IllegalStateException("unreadable");
          }

          @Override
          public int size() {
            return 1;
          }
        };
    return new AuditEvent.Decided(
        held(),
        AuditEvent.Operation.Issue,
        AuditEvent.Outcome.Allowed,
        null,
        "",
        unreadable,
        null,
        null,
        null,
        null);
  }

  static AuditEvent issued(long epoch) {
    return new AuditEvent.Issued(held(), epoch, "15m");
  }
}
