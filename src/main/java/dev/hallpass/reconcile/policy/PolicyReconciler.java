package dev.hallpass.reconcile.policy;

import static java.util.Optional.ofNullable;

import dev.hallpass.api.v1alpha1.CredentialPolicy;
import dev.hallpass.api.v1alpha1.CredentialPolicyStatus;
import dev.hallpass.kube.Conditions;
import dev.hallpass.kube.Events;
import dev.hallpass.policy.CompiledPolicy;
import dev.hallpass.wire.Reason;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import java.time.Clock;

/** Says on each policy whether its expressions compile, and if not, where they are wrong. */
@ControllerConfiguration(name = "policy")
public final class PolicyReconciler implements Reconciler<CredentialPolicy> {
  private final Events events;
  private final Clock clock;

  /** Tells of wrong policies by these events too. */
  public PolicyReconciler(Events events, Clock clock) {
    this.events = events;
    this.clock = clock;
  }

  @Override
  public UpdateControl<CredentialPolicy> reconcile(
      CredentialPolicy policy, Context<CredentialPolicy> context) {
    var status = status(policy);
    if (status.equals(policy.getStatus())) {
      return UpdateControl.noUpdate();
    }
    var fresh = new CredentialPolicy();
    fresh.setMetadata(new ObjectMetaBuilder().withName(policy.getMetadata().getName()).build());
    fresh.setStatus(status);
    return UpdateControl.patchStatus(fresh);
  }

  private CredentialPolicyStatus status(CredentialPolicy policy) {
    var flaws = CompiledPolicy.of(policy).flaws();
    var message = String.join("; ", flaws);
    if (!flaws.isEmpty()) {
      events.say(Events.about(policy), Events.Type.Warning, Reason.PolicyInvalid, message);
    }
    var generation = policy.getMetadata().getGeneration();
    return new CredentialPolicyStatus(
        generation,
        Conditions.with(
            ofNullable(policy.getStatus()).map(CredentialPolicyStatus::conditions).orElse(null),
            Conditions.READY,
            flaws.isEmpty(),
            flaws.isEmpty() ? Reason.PolicyCompiled : Reason.PolicyInvalid,
            flaws.isEmpty() ? "every expression compiles" : message,
            generation,
            clock.instant()));
  }
}
