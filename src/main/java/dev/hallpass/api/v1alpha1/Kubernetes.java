package dev.hallpass.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/**
 * Service accounts of this cluster. Their namespace stays the same: what revokes a token must be
 * looked for where it was made.
 */
@ValidationRule(
    value =
        "has(self.__namespace__) == has(oldSelf.__namespace__) && (!has(self.__namespace__) ||"
            + " self.__namespace__"
            + " == oldSelf.__namespace__)",
    message =
        "spec.kubernetes.namespace: cannot be changed, as what revokes live tokens is there; create"
            + " another provider for another namespace")
public record Kubernetes(
    @Size(max = 63)
        @ValidationRule(
            value = HallpassApi.LABEL_FORM,
            message = "kubernetes.namespace" + HallpassApi.LABEL_WANTED)
        @JsonPropertyDescription(
            "The namespace of the service accounts. A CredentialProvider serves its own alone, and"
                + " may leave it out; a ClusterCredentialProvider must name it.")
        @Nullable String namespace,
    @Size(max = 253)
        @ValidationRule(
            value = "self.matches(r'^https://[A-Za-z0-9.:\\[\\]-]+(/[A-Za-z0-9._~/-]*)?$')",
            message =
                "kubernetes.server: write https://, a host and at most a port and a path, e.g."
                    + " https://kubernetes.default.svc")
        @JsonPropertyDescription(
            "The API server's address for pods, e.g. https://kubernetes.default.svc; the one that"
                + " Hallpass itself uses where it is left out.")
        @Nullable String server,
    @Size(max = 65536)
        @JsonPropertyDescription(
            "PEM bundle to verify the API server with; the one that Hallpass itself uses where it"
                + " is left out.")
        @Nullable String caBundle) {}
