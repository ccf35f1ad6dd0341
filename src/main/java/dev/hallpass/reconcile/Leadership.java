package dev.hallpass.reconcile;

import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfiguration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jboss.logging.Logger;

/** Sees to it that one controller acts at a time. */
final class Leadership {
  /** The {@code coordination.k8s.io} Lease that the leader holds. */
  static final String LEASE = "hallpass-controller";

  private static final Logger LOG = Logger.getLogger(Leadership.class);

  private final KubernetesClient client;
  private final ControllerSettings settings;
  private final Runnable onGained;
  private final Runnable onLost;
  private final AtomicBoolean leads = new AtomicBoolean();
  private final AtomicBoolean leaving = new AtomicBoolean();

  Leadership(
      KubernetesClient client, ControllerSettings settings, Runnable onGained, Runnable onLost) {
    this.client = client;
    this.settings = settings;
    this.onGained = onGained;
    this.onLost = onLost;
  }

  LeaderElectionConfiguration configuration() {
    var times = settings.leadership();
    return new LeaderElectionConfiguration(
        LEASE,
        settings.namespace(),
        times.lease(),
        times.renew(),
        times.retry(),
        settings.identity(),
        new LeaderCallbacks(
            this::gained, this::lost, l -> LOG.infof("leader of the controllers: %s", l)),
        false);
  }

  boolean leads() {
    return leads.get();
  }

  private void gained() {
    leads.set(true);
    onGained.run();
  }

  private void lost() {
    if (leads.getAndSet(false) && !leaving.get()) {
      onLost.run();
    }
  }

  /** Announces that this process stops by itself. */
  void leaving() {
    leaving.set(true);
  }

  /** Hands the Lease over, so that the next leader need not wait for its end. */
  void release() {
    client
        .leases()
        .inNamespace(settings.namespace())
        .withName(LEASE)
        .edit(
            held ->
                settings.identity().equals(held.getSpec().getHolderIdentity())
                    ? new LeaseBuilder(held).editSpec().withHolderIdentity("").endSpec().build()
                    : held);
    LOG.info("leadership handed over");
  }
}
