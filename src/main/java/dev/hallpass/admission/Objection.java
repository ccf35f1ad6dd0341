package dev.hallpass.admission;

import dev.hallpass.admission.InjectionDecision.Refuse;
import dev.hallpass.api.v1alpha1.CredentialRequest;
import dev.hallpass.wire.Reason;
import java.util.List;
import java.util.stream.Collectors;

/**
 * One thing that stands in the way of a pod.
 *
 * @param reason the code
 * @param message names the object, the field and the fix
 */
record Objection(Reason reason, String message) {

  /** About a request. */
  static Objection to(CredentialRequest request, Reason reason, String message) {
    return new Objection(
        reason,
        "CredentialRequest %s/%s: %s"
            .formatted(
                request.getMetadata().getNamespace(), request.getMetadata().getName(), message));
  }

  /** The refusal that tells all of them at once, so that nobody fixes them one by one. */
  static Refuse refusal(List<Objection> objections) {
    return new Refuse(
        objections.getFirst().reason(),
        objections.stream()
            .map(o -> "%s (%s)".formatted(o.message(), o.reason()))
            .collect(Collectors.joining("; ", "hallpass: ", "")));
  }
}
