package dev.hallpass.app;

import dev.hallpass.kube.Events;
import dev.hallpass.provider.Drivers;
import dev.hallpass.provider.kubernetes.KubernetesDriver;
import dev.hallpass.provider.postgresql.PostgreSqlDriver;
import dev.hallpass.provider.x509.X509Driver;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;

/** The parts that both processes are made of. */
final class Parts {

  @Produces
  @Singleton
  KubernetesClient client() {
    return new KubernetesClientBuilder().build();
  }

  void close(@Disposes KubernetesClient client) {
    client.close();
  }

  @Produces
  @Singleton
  Clock clock() {
    return Clock.systemUTC();
  }

  @Produces
  @Singleton
  Drivers drivers(KubernetesClient client, Settings settings, Clock clock) {
    return new Drivers(
        List.of(
            new PostgreSqlDriver(new SecureRandom()),
            new X509Driver(client, settings.namespace(), clock),
            new KubernetesDriver(client, settings.namespace(), clock)));
  }

  void close(@Disposes Drivers drivers) {
    drivers.close();
  }

  @Produces
  @Singleton
  Events events(KubernetesClient client, Clock clock) {
    return new Events(client, clock);
  }

  void close(@Disposes Events events) {
    events.close();
  }

  @Produces
  @Singleton
  Installation installation(Settings settings, KubernetesClient client) {
    return settings
        .installation()
        .map(Installation::new)
        .orElseGet(() -> Installation.ofCluster(client));
  }

  @Produces
  @Singleton
  UninstallCheck uninstallCheck(KubernetesClient client, Events events, Settings settings) {
    return new UninstallCheck(
        client,
        events,
        settings
            .uninstallCheck()
            .jobUid()
            .map(
                uid ->
                    new ObjectReferenceBuilder()
                        .withApiVersion("batch/v1")
                        .withKind("Job")
                        .withNamespace(settings.namespace())
                        .withName("hallpass-uninstall-check")
                        .withUid(uid)
                        .build()));
  }
}
