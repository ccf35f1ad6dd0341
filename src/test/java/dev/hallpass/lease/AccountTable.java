package dev.hallpass.lease;

import dev.hallpass.api.v1alpha1.CredentialProviderSpec;
import dev.hallpass.api.v1alpha1.Delivery;
import dev.hallpass.provider.Fields;
import dev.hallpass.provider.Grant;
import dev.hallpass.provider.Material;
import dev.hallpass.provider.Material.Field;
import dev.hallpass.provider.Renewal;
import dev.hallpass.provider.Subject;
import dev.hallpass.provider.Target;
import dev.hallpass.provider.TargetDriver;
import dev.hallpass.provider.TargetException;
import dev.hallpass.wire.Reason;
import dev.hallpass.wire.Secret;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;

/** A target as the SPI asks for it, in memory. */
final class AccountTable implements TargetDriver {
  private record Account(long epoch, String password, boolean enabled, Instant expiresAt) {}

  private final SecureRandom random = new SecureRandom();
  private final Map<String, Account> accounts = new HashMap<>();
  private final AtomicReference<Runnable> beforeIssue = new AtomicReference<>();
  private Renewal renewal = Renewal.Extend;
  private boolean down;

  synchronized void goDown() {
    down = true;
  }

  /** Like a target whose credentials cannot be extended. */
  void reissues() {
    renewal = Renewal.Reissue;
  }

  /** Runs once, between the decision to issue and the issue. */
  void beforeNextIssue(Runnable action) {
    beforeIssue.set(action);
  }

  synchronized int size() {
    return accounts.size();
  }

  synchronized boolean admits(String subject, Material material) {
    var account = accounts.get(subject);
    return account != null
        && account.enabled()
        && account.password().equals(material.get("password").reveal());
  }

  synchronized Instant expiresAt(String subject) {
    return accounts.get(subject).expiresAt();
  }

  @Override
  public boolean serves(CredentialProviderSpec spec) {
    return true;
  }

  @Override
  public Renewal renewal() {
    return renewal;
  }

  @Override
  public Set<Delivery.Format> formats() {
    return Set.of(Delivery.Format.values());
  }

  @Override
  public Fields fields(CredentialProviderSpec spec) {
    return new Fields(Set.of("password"));
  }

  @Override
  public String address(CredentialProviderSpec spec) {
    return "table://here";
  }

  @Override
  public Material issue(Target target, Grant grant) {
    var action = beforeIssue.getAndSet(null);
    if (action != null) {
      action.run();
    }
    return mint(grant);
  }

  private synchronized Material mint(Grant grant) {
    if (down) {
      throw new TargetException(Reason.TargetUnreachable, "connection refused");
    }
    var known = accounts.get(grant.subject().name());
    fence(known != null && known.epoch() > grant.epoch());
    var password = Secret.random(random);
    accounts.put(
        grant.subject().name(),
        new Account(grant.epoch(), password.reveal(), false, grant.expiresAt()));
    return new Material(List.of(new Field("password", "PASSWORD", password)));
  }

  @Override
  public synchronized void activate(Target target, Grant grant) {
    change(grant, true);
  }

  @Override
  public synchronized void renew(Target target, Grant grant) {
    change(grant, accounts.get(grant.subject().name()).enabled());
  }

  private void change(Grant grant, boolean enabled) {
    var known = accounts.get(grant.subject().name());
    if (known == null) {
      throw new TargetException(Reason.LeaseEnded, "the account is gone");
    }
    fence(known.epoch() != grant.epoch());
    accounts.put(
        grant.subject().name(),
        new Account(grant.epoch(), known.password(), enabled, grant.expiresAt()));
  }

  private static void fence(boolean late) {
    if (late) {
      throw new TargetException(Reason.Superseded, "another epoch was issued");
    }
  }

  @Override
  public synchronized void revoke(Target target, Subject subject) {
    accounts.remove(subject.name());
  }

  @Override
  public synchronized List<Subject> inventory(Target target, String installation) {
    return accounts.keySet().stream()
        .flatMap(a -> Subject.parse(installation, a).stream())
        .toList();
  }

  @Override
  public void probe(Target target) {}

  @Override
  public void close() {}
}
