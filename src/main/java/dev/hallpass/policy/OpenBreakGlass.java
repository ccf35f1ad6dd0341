package dev.hallpass.policy;

import dev.hallpass.api.v1alpha1.BreakGlass;
import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.api.v1alpha1.CredentialRequest;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/**
 * A break-glass that is open for a credential.
 *
 * @param name its name
 * @param uid its UID
 * @param ends until when
 */
public record OpenBreakGlass(String name, String uid, Instant ends) {

  /**
   * The one that is open for this credential of this pod; of several, the one that ends last. One
   * that admission has not stamped, so that nobody answers for it, opens nothing; neither does one
   * that was opened when the request asked for something else.
   *
   * @param ofNamespace the break-glasses of the pod's namespace
   * @param longest what this Hallpass lets one last
   */
  public static Optional<OpenBreakGlass> find(
      Collection<BreakGlass> ofNamespace,
      Pod pod,
      CredentialRequest request,
      String credential,
      Duration longest,
      Instant now) {
    return ofNamespace.stream()
        .filter(b -> b.getSpec().openedBy() != null && !b.isMarkedForDeletion())
        .filter(b -> b.getMetadata().getNamespace().equals(pod.getMetadata().getNamespace()))
        .filter(b -> b.getSpec().credential().equals(credential))
        .filter(b -> concerns(b, request) && selects(b, pod))
        .filter(b -> pins(b, request))
        .map(b -> of(b, longest))
        .filter(b -> now.isBefore(b.ends()))
        .max(Comparator.comparing(OpenBreakGlass::ends).thenComparing(OpenBreakGlass::name));
  }

  /**
   * The one that stands behind a lease, while it is open and the request asks for what it asked for
   * then; none where the lease names none. No other takes its place: a lease ends with the one that
   * it was issued under.
   */
  public static Optional<OpenBreakGlass> behind(
      CredentialLease lease,
      CredentialRequest request,
      Collection<BreakGlass> ofNamespace,
      Duration longest,
      Instant now) {
    var named = lease.getSpec().breakGlass();
    return ofNamespace.stream()
        .filter(b -> named != null && b.getMetadata().getUid().equals(named.uid()))
        .filter(b -> !b.isMarkedForDeletion() && pins(b, request))
        .map(b -> of(b, longest))
        .filter(b -> now.isBefore(b.ends()))
        .findFirst();
  }

  private static OpenBreakGlass of(BreakGlass breakGlass, Duration longest) {
    return new OpenBreakGlass(
        breakGlass.getMetadata().getName(),
        breakGlass.getMetadata().getUid(),
        BreakGlassWindow.of(breakGlass, longest).ends());
  }

  /** Whether it may be about a credential of this request. */
  public static boolean concerns(BreakGlass breakGlass, CredentialRequest request) {
    var spec = breakGlass.getSpec();
    var named = spec.requestRef();
    var workload = spec.workload();
    return request.getSpec().credentials().stream()
            .anyMatch(c -> c.name().equals(spec.credential()))
        && (named == null || named.name().equals(request.getMetadata().getName()))
        && (workload == null
            || workload
                .serviceAccountName()
                .equals(request.getSpec().workload().serviceAccountName()));
  }

  /** What a request asks for now under the credential's name; empty where it has none of it. */
  public static Optional<String> digest(BreakGlass breakGlass, CredentialRequest request) {
    return request.getSpec().credentials().stream()
        .filter(c -> c.name().equals(breakGlass.getSpec().credential()))
        .map(c -> Ask.digest(request, c))
        .findFirst();
  }

  /** Whoever may write the request cannot make of it what nobody opened. */
  private static boolean pins(BreakGlass breakGlass, CredentialRequest request) {
    return digest(breakGlass, request)
        .filter(breakGlass.getSpec().digestsOrNone()::contains)
        .isPresent();
  }

  private static boolean selects(BreakGlass breakGlass, Pod pod) {
    var workload = breakGlass.getSpec().workload();
    return workload == null
        || (workload.serviceAccountName().equals(pod.getSpec().getServiceAccountName())
            && workload.selector().matches(pod.getMetadata().getLabels()));
  }
}
