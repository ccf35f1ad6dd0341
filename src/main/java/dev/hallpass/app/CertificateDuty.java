package dev.hallpass.app;

import dev.hallpass.pki.Lifetimes;
import dev.hallpass.pki.Rotation;
import dev.hallpass.pki.ServingNames;
import dev.hallpass.reconcile.LeaderDuty;
import dev.hallpass.reconcile.certificates.CertificateKeeper;
import dev.hallpass.reconcile.certificates.CertificateNames;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;

/** The leader keeps the broker's certificate. */
final class CertificateDuty {
  private static final String SERVICE = "hallpass-broker";

  /** Cheap when nothing is due, and a webhook applied anew must not wait long for its CA. */
  private static final Duration PERIOD = Duration.ofSeconds(5);

  private CertificateDuty() {}

  static LeaderDuty of(KubernetesClient client, String namespace, Clock clock) {
    var rotation =
        new Rotation(
            new ServingNames(List.of("%s.%s.svc".formatted(SERVICE, namespace))),
            Lifetimes.DEFAULT,
            new SecureRandom());
    var keeper = new CertificateKeeper(client, CertificateNames.in(namespace), rotation, clock);
    return new LeaderDuty("certificates", PERIOD, keeper::reconcile);
  }
}
