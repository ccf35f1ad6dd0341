package dev.hallpass.reconcile.policy;

import static java.util.Optional.ofNullable;

import dev.hallpass.api.v1alpha1.CredentialPolicy;
import dev.hallpass.api.v1alpha1.CredentialPolicyStatus;
import dev.hallpass.kube.Conditions;
import dev.hallpass.kube.Events;
import dev.hallpass.kube.Params;
import dev.hallpass.policy.CompiledPolicy;
import dev.hallpass.reconcile.view.Changes;
import dev.hallpass.reconcile.view.ClusterView;
import dev.hallpass.reconcile.view.InformerEvents;
import dev.hallpass.wire.Reason;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import java.time.Clock;
import java.util.List;
import java.util.stream.Stream;

/** Says on each policy whether its expressions compile, and if not, where they are wrong. */
@ControllerConfiguration(name = "policy")
public final class PolicyReconciler implements Reconciler<CredentialPolicy> {
  private final ClusterView view;
  private final Events events;
  private final Clock clock;

  /** Tells of wrong policies by these events too. */
  public PolicyReconciler(ClusterView view, Events events, Clock clock) {
    this.view = view;
    this.events = events;
    this.clock = clock;
  }

  @Override
  public List<EventSource<?, CredentialPolicy>> prepareEventSources(
      EventSourceContext<CredentialPolicy> context) {
    return List.of(
        new InformerEvents<>(
            view.params(),
            Changes::identity,
            params ->
                context
                    .getPrimaryCache()
                    .list(p -> names(p, params.getMetadata().getName()))
                    .map(ResourceID::fromResource)));
  }

  private static boolean names(CredentialPolicy policy, String configMap) {
    var params = policy.getSpec().params();
    return params != null && params.configMap().equals(configMap);
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
    var flaws = flaws(policy);
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

  private List<String> flaws(CredentialPolicy policy) {
    var params = policy.getSpec().params();
    return Stream.concat(
            CompiledPolicy.of(policy).flaws().stream(),
            Stream.ofNullable(params)
                .filter(p -> !Params.of(view.params().getStore().list()).containsKey(p.configMap()))
                .map(CompiledPolicy::notFound))
        .toList();
  }
}
