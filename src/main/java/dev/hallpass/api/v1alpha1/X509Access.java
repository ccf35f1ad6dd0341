package dev.hallpass.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A level of access in certificates: what they may say and be used for. */
public record X509Access(
    @Size(max = 2) @JsonPropertyDescription("ClientAuth, ServerAuth; both where it is left out.")
        @Nullable List<Usage> usages,
    @Size(max = 32)
        @ValidationRule(
            value = "self.all(n, n.matches('" + X509Access.DNS_PATTERN + "'))",
            message =
                "x509.dnsNames: write host names in lower case, each perhaps after *., e.g."
                    + " *.shop.svc")
        @JsonPropertyDescription(
            "DNS names that a request may ask for: a name, or *. and a name for what is one label"
                + " below it. None where it is left out.")
        @Nullable List<@Size(max = 253) String> dnsNames,
    @Size(max = 3)
        @JsonPropertyDescription(
            "Key algorithms that a request may ask for: EcdsaP256, Ed25519, Rsa3072; all where it"
                + " is left out.")
        @Nullable List<KeyAlgorithm> keyAlgorithms) {

  /** A DNS name in lower case, or {@code *.} and one. */
  public static final String DNS_PATTERN = "^([*][.])?[a-z0-9]([-a-z0-9.]*[a-z0-9])?$";

  /** The usages, defaulted. */
  public List<Usage> usagesOrDefault() {
    return usages == null || usages.isEmpty() ? List.of(Usage.values()) : usages;
  }

  /** Extended key usages (RFC 5280, 4.2.1.12), spelt as in manifests. */
  public enum Usage {
    ClientAuth,
    ServerAuth
  }
}
