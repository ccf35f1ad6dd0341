package dev.hallpass.lease;

import static dev.hallpass.testing.Workloads.controller;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hallpass.policy.PolicyFacts.Owner;
import dev.hallpass.testing.KubeApi;
import dev.hallpass.testing.Workloads;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whoever may create pods writes what they like into their owner references. */
@ExtendWith(KubeApi.class)
class LiveSurroundingsIT {
  private static final String UID = UUID.randomUUID().toString();

  private KubeApi kube;

  @BeforeEach
  void use(KubeApi api) {
    kube = api;
  }

  @Test
  void aPodOfADeploymentHasTwo() {
    var replicaSet = Workloads.deployed(kube.client(), kube.namespace(), "orders");

    assertThat(ownersOf(controller(replicaSet, replicaSet.getMetadata().getUid())))
        .containsExactly(
            new Owner("apps/v1", "ReplicaSet", "orders-1"),
            new Owner("apps/v1", "Deployment", "orders"));
  }

  @ParameterizedTest
  @CsvSource({
    "apps/v1, ReplicaSet",
    "apps/v1, Deployment",
    "apps/v1, StatefulSet",
    "apps/v1, DaemonSet",
    "batch/v1, Job",
    "batch/v1, CronJob"
  })
  void whatDoesNotExistOwnsNothing(String apiVersion, String kind) {
    assertThat(ownersOf(controller(apiVersion, kind, "orders", UID))).isEmpty();
  }

  @Test
  void whatExistsWithAnotherUidOwnsNothing() {
    var deployment = Workloads.deployment(kube.client(), kube.namespace(), "orders");

    assertThat(ownersOf(controller(deployment, UID))).isEmpty();
    assertThat(ownersOf(controller(deployment, deployment.getMetadata().getUid())))
        .containsExactly(new Owner("apps/v1", "Deployment", "orders"));
  }

  @Test
  void whatAnOwnerSaysIsVerifiedToo() {
    var forged = controller("apps/v1", "Deployment", "orders", UID);
    var replicaSet = Workloads.replicaSet(kube.client(), kube.namespace(), "mine", forged);

    assertThat(ownersOf(controller(replicaSet, replicaSet.getMetadata().getUid())))
        .containsExactly(new Owner("apps/v1", "ReplicaSet", "mine"));
  }

  /** They cannot be read, and what is said of them is worth nothing. */
  @ParameterizedTest
  @CsvSource({
    "argoproj.io/v1alpha1, Rollout",
    "v1, ReplicationController",
    "apps/v1beta1, Deployment",
    "apps/v1, orders"
  })
  void otherKindsAreLeftOut(String apiVersion, String kind) {
    assertThat(ownersOf(controller(apiVersion, kind, "orders", UID))).isEmpty();
  }

  @Test
  void aBarePodHasNone() {
    assertThat(new LiveSurroundings(kube.client()).owners(pod().build())).isEmpty();
  }

  /** A Job and what made it, as Kubernetes' own controllers do. */
  @Test
  void aJobOfACronJobHasTwo() {
    var cronJob =
        create(
            CronJob.class,
            """
            metadata: {name: invoices}
            spec:
              schedule: "0 3 * * *"
              jobTemplate:
                spec:
                  template: {spec: {restartPolicy: Never, containers: [{name: app, image: none}]}}
            """);
    var job =
        create(
            Job.class,
            """
            metadata:
              name: invoices-1
              ownerReferences:
              - {apiVersion: batch/v1, kind: CronJob, name: invoices, uid: "%s", controller: true}
            spec:
              template: {spec: {restartPolicy: Never, containers: [{name: app, image: none}]}}
            """
                .formatted(cronJob.getMetadata().getUid()));

    assertThat(ownersOf(controller(job, job.getMetadata().getUid())))
        .containsExactly(
            new Owner("batch/v1", "Job", "invoices-1"),
            new Owner("batch/v1", "CronJob", "invoices"));
  }

  private <T extends HasMetadata> T create(Class<T> kind, String yaml) {
    return kube.client()
        .resource(Serialization.unmarshal(yaml, kind))
        .inNamespace(kube.namespace())
        .create();
  }

  private List<Owner> ownersOf(OwnerReference claim) {
    Pod pod = pod().editMetadata().addToOwnerReferences(claim).endMetadata().build();
    return new LiveSurroundings(kube.client()).owners(pod);
  }

  private PodBuilder pod() {
    return new PodBuilder()
        .withNewMetadata()
        .withName("orders-1")
        .withNamespace(kube.namespace())
        .endMetadata();
  }
}
