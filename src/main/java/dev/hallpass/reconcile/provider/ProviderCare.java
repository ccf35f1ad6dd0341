package dev.hallpass.reconcile.provider;

import dev.hallpass.api.v1alpha1.CredentialProviderSpec;
import dev.hallpass.api.v1alpha1.CredentialProviderStatus;
import dev.hallpass.kube.Conditions;
import dev.hallpass.kube.Events;
import dev.hallpass.kube.Statement;
import dev.hallpass.lease.LeaseJudge;
import dev.hallpass.lease.LeaseStore;
import dev.hallpass.provider.Drivers;
import dev.hallpass.reconcile.view.ClusterView;
import dev.hallpass.reconcile.view.Keys;
import dev.hallpass.wire.Reason;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.CustomResource;
import io.javaoperatorsdk.operator.api.reconciler.DeleteControl;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** What both kinds of provider have in common. */
final class ProviderCare {
  private static final Duration DELETION = Duration.ofSeconds(2);

  private final ClusterView view;
  private final LeaseStore leases;
  private final Drivers drivers;
  private final TargetCare targets;
  private final Consumer<String> answered;
  private final Events events;
  private final Duration linger;
  private final Clock clock;

  /**
   * Cares for providers.
   *
   * @param answered hears the key of each provider whose target answered
   * @param linger how long a deleted one is kept at the least
   */
  ProviderCare(
      ClusterView view,
      LeaseStore leases,
      Drivers drivers,
      TargetCare targets,
      Consumer<String> answered,
      Events events,
      Duration linger,
      Clock clock) {
    this.view = view;
    this.leases = leases;
    this.drivers = drivers;
    this.targets = targets;
    this.answered = answered;
    this.events = events;
    this.linger = linger;
    this.clock = clock;
  }

  /**
   * Looks after a provider's target, and writes its status where that changed.
   *
   * @param fresh an empty provider of the same kind
   */
  <P extends CustomResource<CredentialProviderSpec, CredentialProviderStatus>>
      UpdateControl<P> reconcile(P provider, P fresh) {
    var health = targets.look(provider);
    if (health instanceof Health.Fine) {
      answered.accept(Keys.provider(provider));
    }
    var status = status(provider, health);
    return update(provider, fresh, status).rescheduleAfter(targets.pause(health));
  }

  private <P extends CustomResource<CredentialProviderSpec, CredentialProviderStatus>>
      UpdateControl<P> update(P provider, P fresh, CredentialProviderStatus status) {
    if (status.equals(provider.getStatus())) {
      return UpdateControl.noUpdate();
    }
    tell(provider, status);
    fresh.setMetadata(
        new ObjectMetaBuilder()
            .withName(provider.getMetadata().getName())
            .withNamespace(provider.getMetadata().getNamespace())
            .build());
    fresh.setStatus(status);
    return UpdateControl.patchStatus(fresh);
  }

  /** That the target fails, with its words; and that it answers, where it did not. */
  private void tell(
      CustomResource<CredentialProviderSpec, CredentialProviderStatus> provider,
      CredentialProviderStatus status) {
    var old = provider.getStatus();
    var before = Conditions.find(old == null ? null : old.conditions(), Conditions.READY);
    var ready = Conditions.find(status.conditions(), Conditions.READY).orElseThrow();
    var holds = "True".equals(ready.getStatus());
    var same = before.filter(b -> ready.getReason().equals(b.getReason())).isPresent();
    if (!same && !(holds && before.isEmpty())) {
      events.say(
          Events.about(provider),
          holds ? Events.Type.Normal : Events.Type.Warning,
          Reason.valueOf(ready.getReason()),
          ready.getMessage());
    }
  }

  private CredentialProviderStatus status(
      CustomResource<CredentialProviderSpec, CredentialProviderStatus> provider, Health health) {
    var old = provider.getStatus();
    var generation = provider.getMetadata().getGeneration();
    Statement said =
        switch (health) {
          case Health.Fine() ->
              new Statement.Holds(
                  Conditions.READY,
                  Reason.Ready,
                  "the target answers, and the admin account suffices");
          case Health.Failing(var reason, var message) ->
              new Statement.Fails(Conditions.READY, reason, message);
        };
    return new CredentialProviderStatus(
        generation,
        drivers.of(provider.getSpec()).address(provider.getSpec()),
        (int)
            view.leasesOfProvider(Keys.provider(provider)).stream()
                .filter(l -> !LeaseJudge.over(l))
                .count(),
        Conditions.with(old == null ? null : old.conditions(), said, generation, clock.instant()));
  }

  /**
   * Lets a provider go once its leases are revoked. They end by its deletion, as it offers nothing
   * any more, and they need it until the last account is gone. A broker that has not seen the
   * deletion yet may write one more: so it stays a while, and its target is swept before it goes.
   */
  DeleteControl cleanup(CustomResource<CredentialProviderSpec, CredentialProviderStatus> provider) {
    var left = left(Keys.provider(provider));
    if (left > 0) {
      events.say(
          Events.about(provider),
          Events.Type.Normal,
          Reason.Revoking,
          "The deletion waits until %d leases are revoked".formatted(left));
      return DeleteControl.noFinalizerRemoval().rescheduleAfter(DELETION.toMillis());
    }
    var rest =
        Duration.between(
            clock.instant(),
            Instant.parse(provider.getMetadata().getDeletionTimestamp()).plus(linger));
    if (rest.isPositive()) {
      return DeleteControl.noFinalizerRemoval().rescheduleAfter(rest.toMillis() + 1);
    }
    sweepLast(provider);
    targets.forget(provider.getMetadata().getUid());
    return DeleteControl.defaultDelete();
  }

  private long left(String key) {
    var left = new AtomicLong();
    leases.forEach(
        l -> {
          if (Keys.provider(l).equals(key) && !LeaseJudge.over(l)) {
            left.incrementAndGet();
          }
        });
    return left.get();
  }

  /** A target that does not answer keeps no provider: no lease is left that would need it. */
  private void sweepLast(
      CustomResource<CredentialProviderSpec, CredentialProviderStatus> provider) {
    switch (targets.sweep(provider)) {
      case Health.Fine() -> {}
      case Health.Failing(var reason, var message) ->
          events.say(
              Events.about(provider),
              Events.Type.Warning,
              reason,
              "Not searched for accounts that no lease names before it went: " + message);
    }
  }
}
