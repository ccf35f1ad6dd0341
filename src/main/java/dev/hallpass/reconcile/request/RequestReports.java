package dev.hallpass.reconcile.request;

import dev.hallpass.api.v1alpha1.CredentialRequest;
import dev.hallpass.api.v1alpha1.CredentialRequestStatus;
import dev.hallpass.kube.Conditions;
import dev.hallpass.kube.Events;
import dev.hallpass.wire.Reason;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Tells of a request what changed about it, in Events on it and on pods that lack the agent. */
final class RequestReports {
  /** A namespace full of pods is not to become a namespace full of Events. */
  private static final int PODS_TOLD = 20;

  private final Events events;

  RequestReports(Events events) {
    this.events = events;
  }

  /** The status of a request becomes this one. */
  void changed(CredentialRequest request, CredentialRequestStatus status, PodCensus pods) {
    var before = request.getStatus() == null ? null : request.getStatus().conditions();
    tell(request, Conditions.READY, before, status.conditions());
    if (tell(request, Conditions.PODS_INJECTED, before, status.conditions())) {
      pods.bare().stream()
          .limit(PODS_TOLD)
          .forEach(
              pod ->
                  events.say(
                      pod(pod),
                      Events.Type.Warning,
                      Reason.PodsNotInjected,
                      "Created without injection, though CredentialRequest %s selects it: create it anew"
                          .formatted(request.getMetadata().getName())));
    }
  }

  /** Returns whether there was something to tell. */
  private boolean tell(
      CredentialRequest request,
      String type,
      @Nullable List<Condition> before,
      @Nullable List<Condition> now) {
    var old = Conditions.find(before, type);
    var current = Conditions.find(now, type).orElseThrow();
    var holds = "True".equals(current.getStatus());
    if (same(old, current) || (holds && old.isEmpty())) {
      return false;
    }
    events.say(
        Events.about(request),
        holds ? Events.Type.Normal : Events.Type.Warning,
        Reason.valueOf(current.getReason()),
        current.getMessage());
    return true;
  }

  private static boolean same(Optional<Condition> old, Condition current) {
    return old.filter(
            o ->
                current.getReason().equals(o.getReason())
                    && current.getMessage().equals(o.getMessage()))
        .isPresent();
  }

  /** Pods out of a cache do not say what they are. */
  private static ObjectReference pod(Pod pod) {
    return new ObjectReferenceBuilder(Events.about(pod))
        .withApiVersion("v1")
        .withKind("Pod")
        .build();
  }
}
