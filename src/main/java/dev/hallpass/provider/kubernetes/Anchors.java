package dev.hallpass.provider.kubernetes;

import dev.hallpass.api.v1alpha1.HallpassApi;
import dev.hallpass.provider.Grant;
import dev.hallpass.provider.Subject;
import dev.hallpass.provider.TargetException;
import dev.hallpass.wire.Reason;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.net.HttpURLConnection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The empty Secrets that tokens are bound to: one for each lease, beside the service account, as
 * the API server accepts a bound token only while the Secret of that UID exists. An annotation
 * keeps the epoch; who changes it must have read the Secret as it is.
 */
final class Anchors {
  private static final int ATTEMPTS = 5;

  private final KubernetesClient client;
  private final String namespace;

  Anchors(KubernetesClient client, String namespace) {
    this.client = client;
    this.namespace = namespace;
  }

  /**
   * The anchor at this epoch, created or brought forward.
   *
   * @throws TargetException with {@code Superseded} where it is at a newer one
   */
  Secret at(Grant grant) {
    for (var attempt = 0; attempt < ATTEMPTS; attempt++) {
      var reached = attempt(grant);
      if (reached.isPresent()) {
        return reached.get();
      }
    }
    throw new TargetException(
        Reason.TargetRefused,
        "Secret %s/%s is changed by others again and again"
            .formatted(namespace, name(grant.subject())));
  }

  /** Empty where somebody else was faster. */
  private Optional<Secret> attempt(Grant grant) {
    var found = find(grant.subject());
    if (found.isEmpty()) {
      return unlessOvertaken(
          "create secrets", () -> client.resource(anchor(grant)).inNamespace(namespace).create());
    }
    requireAlive(found.get());
    var epoch = epoch(found.get());
    if (epoch > grant.epoch()) {
      throw superseded(grant, epoch);
    }
    if (epoch == grant.epoch()) {
      return found;
    }
    var next = found.get().edit().editMetadata().addToAnnotations(annotations(grant)).endMetadata();
    return unlessOvertaken(
        "update secrets", () -> client.resource(next.build()).inNamespace(namespace).update());
  }

  private Optional<Secret> unlessOvertaken(String doing, Supplier<Secret> write) {
    try {
      return Optional.of(write.get());
    } catch (KubernetesClientException e) {
      if (e.getCode() == HttpURLConnection.HTTP_CONFLICT
          || (e.getCode() == HttpURLConnection.HTTP_NOT_FOUND && doing.startsWith("update"))) {
        return Optional.empty();
      }
      throw ApiAnswers.explain(doing, namespace, e);
    }
  }

  /**
   * Checks that the anchor exists, at this very epoch.
   *
   * @throws TargetException with {@code LeaseEnded} or {@code Superseded}
   */
  void require(Grant grant) {
    var found = find(grant.subject());
    if (found.isEmpty()) {
      throw new TargetException(
          Reason.LeaseEnded, "Secret %s/%s is gone".formatted(namespace, name(grant.subject())));
    }
    requireAlive(found.get());
    if (epoch(found.get()) != grant.epoch()) {
      throw superseded(grant, epoch(found.get()));
    }
  }

  /** Deletes the anchor, and looks that it is gone. */
  void remove(Subject subject) {
    try {
      resource(subject).delete();
    } catch (KubernetesClientException e) {
      throw ApiAnswers.explain("delete secrets", namespace, e);
    }
    var left = find(subject);
    if (left.isPresent()) {
      throw new TargetException(
          Reason.RemovalBlocked,
          "Secret %s/%s is deleted but stays, held by the finalizers %s: remove them"
              .formatted(namespace, name(subject), left.get().getMetadata().getFinalizers()));
    }
  }

  List<Subject> list(String installation) {
    try {
      return client
          .secrets()
          .inNamespace(namespace)
          .withLabel(HallpassApi.INSTALLATION_LABEL, installation)
          .list()
          .getItems()
          .stream()
          .map(s -> Subject.parse(installation, s.getMetadata().getName().replace('-', '_')))
          .flatMap(Optional::stream)
          .toList();
    } catch (KubernetesClientException e) {
      throw ApiAnswers.explain("list secrets", namespace, e);
    }
  }

  private Optional<Secret> find(Subject subject) {
    try {
      return Optional.ofNullable(resource(subject).get());
    } catch (KubernetesClientException e) {
      throw ApiAnswers.explain("get secrets", namespace, e);
    }
  }

  private Resource<Secret> resource(Subject subject) {
    return client.secrets().inNamespace(namespace).withName(name(subject));
  }

  private Secret anchor(Grant grant) {
    return new SecretBuilder()
        .withNewMetadata()
        .withName(name(grant.subject()))
        .withNamespace(namespace)
        .addToLabels("app.kubernetes.io/managed-by", "hallpass")
        .addToLabels(HallpassApi.INSTALLATION_LABEL, grant.subject().installation())
        .withAnnotations(annotations(grant))
        .endMetadata()
        .withType("Opaque")
        .withImmutable(true)
        .build();
  }

  private static Map<String, String> annotations(Grant grant) {
    return Map.of(
        HallpassApi.EPOCH_ANNOTATION, Long.toString(grant.epoch()),
        HallpassApi.HOLDER_ANNOTATION, grant.holder().toString());
  }

  /** What was tampered with counts as newer than all: nothing is issued on it any more. */
  private static long epoch(Secret anchor) {
    var annotations = anchor.getMetadata().getAnnotations();
    var epoch = annotations == null ? null : annotations.get(HallpassApi.EPOCH_ANNOTATION);
    return epoch == null || !epoch.matches("[0-9]{1,18}") ? Long.MAX_VALUE : Long.parseLong(epoch);
  }

  private void requireAlive(Secret anchor) {
    if (anchor.isMarkedForDeletion()) {
      throw new TargetException(
          Reason.LeaseEnded,
          "Secret %s/%s is being deleted".formatted(namespace, anchor.getMetadata().getName()));
    }
  }

  private static TargetException superseded(Grant grant, long epoch) {
    return new TargetException(
        Reason.Superseded,
        "Secret %s is at epoch %d, not %d".formatted(name(grant.subject()), epoch, grant.epoch()));
  }

  private static String name(Subject subject) {
    return subject.name().replace('_', '-');
  }
}
