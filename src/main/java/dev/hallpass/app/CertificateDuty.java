package dev.hallpass.app;

import dev.hallpass.pki.Lifetimes;
import dev.hallpass.pki.Pem;
import dev.hallpass.pki.Rotation;
import dev.hallpass.pki.ServingNames;
import dev.hallpass.reconcile.LeaderDuty;
import dev.hallpass.reconcile.certificates.CertificateKeeper;
import dev.hallpass.reconcile.certificates.CertificateNames;
import dev.hallpass.reconcile.certificates.TrustKeeper;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;

/** The leader keeps the broker's certificate, or what the API server trusts it by. */
final class CertificateDuty {
  private static final String SERVICE = "hallpass-broker";

  /** Cheap when nothing is due, and a webhook applied anew must not wait long for its CA. */
  private static final Duration PERIOD = Duration.ofSeconds(5);

  private CertificateDuty() {}

  static LeaderDuty of(
      KubernetesClient client, String namespace, Settings.Certificates certificates, Clock clock) {
    var names = CertificateNames.in(namespace);
    var further = Pem.certificates(certificates.additionalTrust().orElse(""));
    return switch (certificates.source()) {
      case HALLPASS -> {
        var keeper = new CertificateKeeper(client, names, rotation(namespace), further, clock);
        yield new LeaderDuty("certificates", PERIOD, keeper::reconcile);
      }
      case CERT_MANAGER -> {
        var source = certificates.source();
        var keeper = new TrustKeeper(client, names, source.secret(), source.bundleKey(), further);
        yield new LeaderDuty("the webhook's trust", PERIOD, keeper::reconcile);
      }
    };
  }

  private static Rotation rotation(String namespace) {
    return new Rotation(
        new ServingNames(List.of("%s.%s.svc".formatted(SERVICE, namespace))),
        Lifetimes.DEFAULT,
        new SecureRandom());
  }
}
