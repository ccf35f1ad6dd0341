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
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Tells of a request what changed about it, in Events on it and on pods that lack the agent. */
final class RequestReports {
  /** A namespace full of pods is not to become a namespace full of Events. */
  private static final int PODS_TOLD = 20;

  /** Usual, or told by another condition. */
  private static final Set<String> PEACEFUL =
      Stream.of(
              Reason.PodsServed,
              Reason.PodsWaiting,
              Reason.ApprovalAwaited,
              Reason.NoPods,
              Reason.PodsNotInjected)
          .map(Reason::name)
          .collect(Collectors.toUnmodifiableSet());

  private final Events events;

  RequestReports(Events events) {
    this.events = events;
  }

  /** The status of a request becomes this one. */
  void changed(CredentialRequest request, CredentialRequestStatus status, PodCensus pods) {
    var before = request.getStatus() == null ? null : request.getStatus().conditions();
    tell(request, Conditions.READY, before, status.conditions());
    tellOfService(request, before, status.conditions());
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

  /** Pods come and go: told are trouble, another trouble, and the end of it. */
  private void tellOfService(
      CredentialRequest request, @Nullable List<Condition> before, @Nullable List<Condition> now) {
    var old = Conditions.find(before, Conditions.PODS_SERVED).filter(RequestReports::troubling);
    var current = Conditions.find(now, Conditions.PODS_SERVED).orElseThrow();
    var holds = "True".equals(current.getStatus());
    var changed = old.filter(o -> o.getReason().equals(current.getReason())).isEmpty();
    if (holds
        ? old.isPresent()
        : troubling(current) && changed && Conditions.holds(now, Conditions.READY)) {
      say(request, current);
    }
  }

  private static boolean troubling(Condition served) {
    return !PEACEFUL.contains(served.getReason());
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
    say(request, current);
    return true;
  }

  private void say(CredentialRequest request, Condition current) {
    events.say(
        Events.about(request),
        "True".equals(current.getStatus()) ? Events.Type.Normal : Events.Type.Warning,
        Reason.valueOf(current.getReason()),
        current.getMessage());
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
