package dev.hallpass.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.hallpass.api.v1alpha1.CredentialProviderSpec.SecretRef;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** A certificate authority that vouches for workloads (RFC 5280, SPIFFE X509-SVID). */
public record X509(
    @Required
        @Size(min = 1, max = 255)
        @ValidationRule(
            value = "self.matches('^[a-z0-9]([-a-z0-9._]*[a-z0-9])?$')",
            message =
                "spec.x509.trustDomain: write lower case letters, digits, -, . and _, with a"
                    + " letter or digit at both ends, e.g. example.org")
        @ValidationRule(
            value = "self == oldSelf",
            message =
                "spec.x509.trustDomain: cannot be changed, as certificates with it are out; create"
                    + " another provider for another trust domain")
        @JsonPropertyDescription(
            "The SPIFFE trust domain: certificates name their holder"
                + " spiffe://<trust domain>/ns/<namespace>/sa/<service account>.")
        String trustDomain,
    @Required
        @JsonPropertyDescription(
            "The Secret with the CA that signs: tls.crt (its certificate first, then any"
                + " intermediates up to the root), tls.key, and ca.crt where the roots to trust are"
                + " others than the last of tls.crt. In the provider's namespace; of a"
                + " ClusterCredentialProvider, in Hallpass's own.")
        SecretRef caSecretRef) {}
