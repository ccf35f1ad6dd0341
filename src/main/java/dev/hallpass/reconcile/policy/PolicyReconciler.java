package dev.hallpass.reconcile.policy;

import static java.util.Optional.ofNullable;

import dev.hallpass.api.v1alpha1.CredentialPolicy;
import dev.hallpass.api.v1alpha1.CredentialPolicySpec.Params;
import dev.hallpass.api.v1alpha1.CredentialPolicyStatus;
import dev.hallpass.kube.Conditions;
import dev.hallpass.kube.Events;
import dev.hallpass.kube.ParamObject;
import dev.hallpass.kube.ParamState;
import dev.hallpass.kube.ParamState.Found;
import dev.hallpass.kube.ParamState.Missing;
import dev.hallpass.kube.ParamState.Unreadable;
import dev.hallpass.kube.Statement;
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
import io.javaoperatorsdk.operator.processing.event.source.inbound.SimpleInboundEventSource;
import java.time.Clock;
import java.util.List;

/**
 * Says on each policy whether its expressions compile and its parameters are there, and if not,
 * where it is wrong or what it lacks.
 */
@ControllerConfiguration(name = "policy")
public final class PolicyReconciler implements Reconciler<CredentialPolicy> {
  private static final Statement COMPILED = compiled("every expression compiles");

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
    var policies = context.getPrimaryCache();
    var objects = new SimpleInboundEventSource<CredentialPolicy>("paramObjects");
    view.paramObjects()
        .onChange(
            object -> {
              // Before that, no policy was looked at yet.
              if (objects.isRunning()) {
                policies
                    .list(
                        p ->
                            ParamObject.of(p.getSpec().params()).filter(object::equals).isPresent())
                    .map(ResourceID::fromResource)
                    .forEach(objects::propagateEvent);
              }
            });
    return List.of(
        objects,
        new InformerEvents<>(
            view.params(),
            Changes::identity,
            params ->
                policies
                    .list(p -> names(p, params.getMetadata().getName()))
                    .map(ResourceID::fromResource)));
  }

  private static boolean names(CredentialPolicy policy, String configMap) {
    var params = policy.getSpec().params();
    return params != null && configMap.equals(params.configMap());
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
    var said = say(policy);
    if (said instanceof Statement.Fails(var type, var reason, var message)) {
      events.say(Events.about(policy), Events.Type.Warning, reason, message);
    }
    var generation = policy.getMetadata().getGeneration();
    return new CredentialPolicyStatus(
        generation,
        Conditions.with(
            ofNullable(policy.getStatus()).map(CredentialPolicyStatus::conditions).orElse(null),
            said,
            generation,
            clock.instant()));
  }

  private Statement say(CredentialPolicy policy) {
    var flaws = CompiledPolicy.of(policy).flaws();
    if (!flaws.isEmpty()) {
      return wrong(Reason.PolicyInvalid, String.join("; ", flaws));
    }
    var params = policy.getSpec().params();
    return params == null ? COMPILED : say(params, view.param(params));
  }

  private static Statement say(Params named, ParamState state) {
    return switch (state) {
      case Found found -> COMPILED;
      case Missing(var message) ->
          named.allowsAbsence()
              ? compiled(
                  message + ", so that its validations hold: parameterNotFoundAction is Allow")
              : wrong(Reason.ParamsNotFound, message);
      case Unreadable(var reason, var message) -> wrong(reason, message);
    };
  }

  private static Statement compiled(String message) {
    return new Statement.Holds(Conditions.READY, Reason.PolicyCompiled, message);
  }

  private static Statement wrong(Reason reason, String message) {
    return new Statement.Fails(Conditions.READY, reason, message);
  }
}
