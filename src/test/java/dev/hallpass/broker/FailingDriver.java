package dev.hallpass.broker;

import dev.hallpass.api.v1alpha1.CredentialProviderSpec;
import dev.hallpass.api.v1alpha1.Delivery;
import dev.hallpass.provider.Fields;
import dev.hallpass.provider.Grant;
import dev.hallpass.provider.Material;
import dev.hallpass.provider.Renewal;
import dev.hallpass.provider.Subject;
import dev.hallpass.provider.Target;
import dev.hallpass.provider.TargetDriver;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;

/** A real driver under a broker that dies, once, at a chosen point beside one of its calls. */
final class FailingDriver implements TargetDriver {
  /** Where the broker dies. */
  enum Point {
    BEFORE_ISSUE,
    AFTER_ISSUE,
    BEFORE_ACTIVATE,
    AFTER_ACTIVATE,
    BEFORE_RENEW,
    AFTER_RENEW
  }

  private final TargetDriver real;
  private final AtomicReference<Point> next = new AtomicReference<>();

  FailingDriver(TargetDriver real) {
    this.real = real;
  }

  void dieAt(Point point) {
    next.set(point);
  }

  private void reach(Point point) {
    if (next.compareAndSet(point, null)) {
      throw new IllegalStateException("the broker died at " + point);
    }
  }

  @Override
  public boolean serves(CredentialProviderSpec spec) {
    return real.serves(spec);
  }

  @Override
  public Renewal renewal() {
    return real.renewal();
  }

  @Override
  public Set<Delivery.Format> formats() {
    return real.formats();
  }

  @Override
  public Fields fields(CredentialProviderSpec spec) {
    return real.fields(spec);
  }

  @Override
  public String address(CredentialProviderSpec spec) {
    return real.address(spec);
  }

  @Override
  public Material issue(Target target, Grant grant) {
    reach(Point.BEFORE_ISSUE);
    var material = real.issue(target, grant);
    reach(Point.AFTER_ISSUE);
    return material;
  }

  @Override
  public void activate(Target target, Grant grant) {
    reach(Point.BEFORE_ACTIVATE);
    real.activate(target, grant);
    reach(Point.AFTER_ACTIVATE);
  }

  @Override
  public void renew(Target target, Grant grant) {
    reach(Point.BEFORE_RENEW);
    real.renew(target, grant);
    reach(Point.AFTER_RENEW);
  }

  @Override
  public void revoke(Target target, Subject subject) {
    real.revoke(target, subject);
  }

  @Override
  public List<Subject> inventory(Target target, String installation) {
    return real.inventory(target, installation);
  }

  @Override
  public void probe(Target target) {
    real.probe(target);
  }

  @Override
  public void close() {
    real.close();
  }
}
