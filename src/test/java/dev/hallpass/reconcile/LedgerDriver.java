package dev.hallpass.reconcile;

import dev.hallpass.api.v1alpha1.CredentialProviderSpec;
import dev.hallpass.api.v1alpha1.Delivery;
import dev.hallpass.provider.Fields;
import dev.hallpass.provider.Grant;
import dev.hallpass.provider.Material;
import dev.hallpass.provider.Renewal;
import dev.hallpass.provider.Subject;
import dev.hallpass.provider.Target;
import dev.hallpass.provider.TargetDriver;
import dev.hallpass.provider.TargetException;
import dev.hallpass.wire.Reason;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** A target that is a list of names, and can be cut off. */
final class LedgerDriver implements TargetDriver {
  private final Set<String> accounts = ConcurrentHashMap.newKeySet();
  private final AtomicInteger revocations = new AtomicInteger();
  private volatile boolean down;

  void add(String account) {
    accounts.add(account);
  }

  boolean has(String account) {
    return accounts.contains(account);
  }

  int revocations() {
    return revocations.get();
  }

  void goDown() {
    down = true;
  }

  void comeUp() {
    down = false;
  }

  private void ask() {
    if (down) {
      throw new TargetException(Reason.TargetUnreachable, "connection refused");
    }
  }

  @Override
  public boolean serves(CredentialProviderSpec spec) {
    return true;
  }

  @Override
  public Renewal renewal() {
    return Renewal.Extend;
  }

  @Override
  public Set<Delivery.Format> formats() {
    return Set.of(Delivery.Format.values());
  }

  @Override
  public Fields fields(CredentialProviderSpec spec) {
    return new Fields(Set.of("username", "password"));
  }

  @Override
  public String address(CredentialProviderSpec spec) {
    return "ledger://here";
  }

  @Override
  public Material issue(Target target, Grant grant) {
    throw new UnsupportedOperationException("the controller mints nothing");
  }

  @Override
  public void activate(Target target, Grant grant) {
    throw new UnsupportedOperationException("the controller enables nothing");
  }

  @Override
  public void renew(Target target, Grant grant) {
    ask();
    if (!accounts.contains(grant.subject().name())) {
      throw new TargetException(Reason.LeaseEnded, "the account is gone");
    }
  }

  @Override
  public void revoke(Target target, Subject subject) {
    ask();
    revocations.incrementAndGet();
    accounts.remove(subject.name());
  }

  @Override
  public List<Subject> inventory(Target target, String installation) {
    ask();
    return accounts.stream().flatMap(a -> Subject.parse(installation, a).stream()).toList();
  }

  @Override
  public void probe(Target target) {
    ask();
  }

  @Override
  public void close() {}
}
