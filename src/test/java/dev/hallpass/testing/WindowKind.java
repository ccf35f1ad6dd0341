package dev.hallpass.testing;

import dev.hallpass.api.v1alpha1.HallpassApi;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.NonNamespaceOperation;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.utils.Serialization;
import org.awaitility.Awaitility;

/** A kind of custom resources of a test's own, {@code Window}, and objects of it. */
public final class WindowKind implements AutoCloseable {
  private final KubernetesClient client;
  private final String namespace;

  /** Of a group named after the namespace, in which its objects are. Not installed yet. */
  public WindowKind(KubernetesClient client, String namespace) {
    this.client = client;
    this.namespace = namespace;
  }

  private String group() {
    return namespace + ".example.com";
  }

  /** Its group and version. */
  public String apiVersion() {
    return group() + "/v1";
  }

  /** How a policy names the object of that name. */
  public String params(String name) {
    return params(name, "Deny");
  }

  /** The same with that action where it is not there. */
  public String params(String name, String notFoundAction) {
    return """
        params:
          paramKind: {apiVersion: %s, kind: Window}
          paramRef: {name: %s, namespace: %s, parameterNotFoundAction: %s}
        """
        .formatted(apiVersion(), name, namespace, notFoundAction);
  }

  private CustomResourceDefinition definition() {
    return Serialization.unmarshal(
        """
        apiVersion: apiextensions.k8s.io/v1
        kind: CustomResourceDefinition
        metadata: {name: windows.%1$s}
        spec:
          group: %1$s
          scope: Namespaced
          names: {kind: Window, plural: windows, singular: window}
          versions:
          - name: v1
            served: true
            storage: true
            schema:
              openAPIV3Schema:
                type: object
                properties:
                  spec: {type: object, x-kubernetes-preserve-unknown-fields: true}
        """
            .formatted(group()),
        CustomResourceDefinition.class);
  }

  /** Has the API server serve it. */
  public void install() {
    client.resource(definition()).create();
    Awaitility.await()
        .ignoreExceptions()
        .until(() -> objects().list() != null && client.getApiResources(apiVersion()) != null);
  }

  /** With it go its objects. */
  public void uninstall() {
    client.resource(definition()).delete();
    Awaitility.await().until(() -> client.getApiResources(apiVersion()) == null);
  }

  private NonNamespaceOperation<GenericKubernetesResource, ?, Resource<GenericKubernetesResource>>
      objects() {
    return client
        .genericKubernetesResources(
            new ResourceDefinitionContext.Builder()
                .withGroup(group())
                .withVersion("v1")
                .withKind("Window")
                .withPlural("windows")
                .withNamespaced(true)
                .build())
        .inNamespace(namespace);
  }

  /** Makes an object with this spec, or changes it to that. */
  public void set(String name, String spec) {
    objects()
        .resource(
            Serialization.unmarshal(
                """
                apiVersion: %s
                kind: Window
                metadata: {name: %s, namespace: %s}
                spec: %s
                """
                    .formatted(apiVersion(), name, namespace, spec),
                GenericKubernetesResource.class))
        .serverSideApply();
  }

  /** Deletes an object. */
  public void delete(String name) {
    objects().withName(name).delete();
  }

  /** What whoever has the kind lets Hallpass do with it. */
  public ClusterRole role(String... verbs) {
    return new ClusterRoleBuilder()
        .withNewMetadata()
        .withName("windows-" + namespace)
        .addToLabels(HallpassApi.PARAMS_ROLE_LABEL, "true")
        .endMetadata()
        .addNewRule()
        .withApiGroups(group())
        .withResources("windows")
        .withVerbs(verbs)
        .endRule()
        .build();
  }

  /** Gives that role to a service account of the namespace. */
  public void grant(ClusterRole role, String serviceAccount) {
    client.resource(role).serverSideApply();
    client
        .resource(
            new ClusterRoleBindingBuilder()
                .withNewMetadata()
                .withName(role.getMetadata().getName())
                .endMetadata()
                .withNewRoleRef(
                    "rbac.authorization.k8s.io", "ClusterRole", role.getMetadata().getName())
                .addNewSubject("", "ServiceAccount", serviceAccount, namespace)
                .build())
        .serverSideApply();
  }

  /** Takes it back. */
  public void revoke() {
    client.rbac().clusterRoleBindings().withName("windows-" + namespace).delete();
    client.rbac().clusterRoles().withName("windows-" + namespace).delete();
  }

  @Override
  public void close() {
    revoke();
    client.resource(definition()).delete();
  }
}
