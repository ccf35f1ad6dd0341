package dev.hallpass.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.api.v1alpha1.CredentialLeaseSpec;
import dev.hallpass.api.v1alpha1.CredentialLeaseStatus;
import dev.hallpass.api.v1alpha1.CredentialLeaseStatus.Approval;
import dev.hallpass.api.v1alpha1.CredentialLeaseStatus.Demand;
import dev.hallpass.api.v1alpha1.CredentialLeaseStatus.LeasePhase;
import dev.hallpass.api.v1alpha1.CredentialRequest;
import dev.hallpass.api.v1alpha1.HallpassApi;
import dev.hallpass.policy.Ask;
import dev.hallpass.testing.KubeApi;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the plugin looks at in a test's namespace: the pod orders-1, its request and leases. */
final class PluginScene {
  private static final String POD = "orders-1";
  private static final String REQUEST = "orders-db";

  private final KubeApi kube;

  PluginScene(KubeApi kube) {
    this.kube = kube;
  }

  void apply(String file) {
    objects(file).forEach(o -> kube.client().resource(o).serverSideApply());
  }

  void delete(String file) {
    objects(file).forEach(o -> kube.client().resource(o).delete());
  }

  private List<HasMetadata> objects(String file) {
    var yaml = Golden.input(file).replace("${NAMESPACE}", kube.namespace());
    return kube.client()
        .load(new ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8)))
        .items();
  }

  /** One of the pod, in that phase. */
  CredentialLease lease(String name, LeasePhase phase) {
    return status(kube.client().resource(written(name)).create(), phase);
  }

  /** One of the pod that asks people, for this policy. */
  CredentialLease asking(String name, String policy) {
    var request = request();
    var lease = kube.client().resource(written(name)).create();
    lease.setStatus(
        new CredentialLeaseStatus(
            LeasePhase.AwaitingApproval,
            null,
            null,
            null,
            null,
            new Approval(
                List.of(new Demand(policy, 1, null)),
                Ask.digest(request, request.getSpec().credentials().getFirst()),
                Instant.now().plusSeconds(600).toString(),
                null),
            List.of()));
    return kube.client().resource(lease).updateStatus();
  }

  private CredentialRequest request() {
    return kube.client()
        .resources(CredentialRequest.class)
        .inNamespace(kube.namespace())
        .withName(REQUEST)
        .get();
  }

  /** The same, which stays until it is released. */
  CredentialLease heldLease(String name, LeasePhase phase) {
    var lease = written(name);
    lease.getMetadata().setFinalizers(List.of(HallpassApi.REVOCATION_FINALIZER));
    return status(kube.client().resource(lease).create(), phase);
  }

  private CredentialLease written(String name) {
    var template = Objects.of("well.yaml").of(CredentialLease.class).getFirst();
    var pod = kube.client().pods().inNamespace(kube.namespace()).withName(POD).get().getMetadata();
    var lease = new CredentialLease();
    lease.getMetadata().setName(name);
    lease.getMetadata().setNamespace(kube.namespace());
    lease.getMetadata().setLabels(Map.of(HallpassApi.POD_UID_LABEL, pod.getUid()));
    var spec = serialization().convertValue(template.getSpec(), ObjectNode.class);
    spec.putObject("requestRef").put("name", REQUEST).put("uid", request().getMetadata().getUid());
    spec.putObject("pod")
        .put("name", POD)
        .put("uid", pod.getUid())
        .put("serviceAccountName", "orders");
    lease.setSpec(serialization().convertValue(spec, CredentialLeaseSpec.class));
    return lease;
  }

  CredentialLease status(CredentialLease lease, LeasePhase phase) {
    lease.setStatus(
        serialization()
            .convertValue(Map.of("phase", phase, "epoch", 1), CredentialLeaseStatus.class));
    return kube.client().resource(lease).updateStatus();
  }

  void release(String lease) {
    kube.client()
        .resources(CredentialLease.class)
        .inNamespace(kube.namespace())
        .withName(lease)
        .edit(
            l -> {
              l.getMetadata().setFinalizers(List.of());
              return l;
            });
  }

  @Nullable CredentialLease found(String name) {
    return kube.client()
        .resources(CredentialLease.class)
        .inNamespace(kube.namespace())
        .withName(name)
        .get();
  }

  private KubernetesSerialization serialization() {
    return kube.client().getKubernetesSerialization();
  }
}
