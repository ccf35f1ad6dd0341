package dev.hallpass.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A level of access in Kubernetes: a service account, to which roles are bound. */
public record KubernetesAccess(
    @Required
        @Size(min = 1, max = 253)
        @ValidationRule(
            value = HallpassApi.NAME_FORM,
            message = "kubernetes.serviceAccountName" + HallpassApi.NAME_WANTED)
        @JsonPropertyDescription("The service account that pods act as, e.g. ci-deployer.")
        String serviceAccountName,
    @Size(min = 1, max = 8)
        @JsonPropertyDescription(
            "Who is to accept the token; the API server of this cluster where it is left out.")
        @Nullable List<String> audiences) {}
