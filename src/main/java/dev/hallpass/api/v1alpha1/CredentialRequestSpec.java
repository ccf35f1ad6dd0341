package dev.hallpass.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A workload, who answers for it and why, and the credentials it needs. */
@JsonClassDescription("The workload, who answers for it, and the credentials it needs.")
public record CredentialRequestSpec(
    @Required @JsonPropertyDescription("The pods this request is for.") Workload workload,
    @Required
        @Size(min = 1, max = 253)
        @ValidationRule(
            value = HallpassApi.READABLE_FORM,
            message = "owner: has neither control characters nor marks of direction")
        @JsonPropertyDescription("The team that answers for this access, e.g. team-orders.")
        String owner,
    @Required
        @Size(min = 1, max = 1024)
        @ValidationRule(
            value = HallpassApi.READABLE_FORM,
            message = "purpose: has neither control characters nor marks of direction")
        @JsonPropertyDescription("Why the workload needs it, in words an auditor understands.")
        String purpose,
    @Required
        @Size(min = 1, max = 8)
        @ValidationRule(
            value = "self.all(c, self.exists_one(d, d.name == c.name))",
            message = "spec.credentials: each name must be unique")
        @JsonPropertyDescription("The credentials that each selected pod receives.")
        List<RequestedCredential> credentials) {

  /** Which pods: those that run as this service account and carry these labels. */
  @ValidationRule(
      value =
          "(has(self.selector.matchLabels) && size(self.selector.matchLabels) > 0) ||"
              + " (has(self.selector.matchExpressions) && size(self.selector.matchExpressions) >"
              + " 0)",
      message =
          "spec.workload.selector: must name at least one label, so that it never selects every"
              + " pod by accident")
  public record Workload(
      @Required
          @Size(min = 1, max = 253)
          @ValidationRule(
              value = HallpassApi.NAME_FORM,
              message = "workload.serviceAccountName" + HallpassApi.NAME_WANTED)
          @JsonPropertyDescription("The service account the pods run as.")
          String serviceAccountName,
      @Required @JsonPropertyDescription("The labels the pods carry.") PodSelector selector) {}

  /** One credential, by a name that is unique in the request. */
  @ValidationRule(
      value =
          "!has(self.delivery.rotation) || !has(self.delivery.rotation.after) ||"
              + " duration(self.delivery.rotation.after) >= duration(self.ttl)",
      message = "delivery.rotation.after: must be at least the ttl")
  @ValidationRule(
      value =
          "!has(self.delivery.rotation) || !has(self.delivery.rotation.overlap) ||"
              + " duration(self.delivery.rotation.overlap) +"
              + " duration(self.delivery.rotation.overlap) +"
              + " duration(self.delivery.rotation.overlap) +"
              + " duration(self.delivery.rotation.overlap) <= duration(self.ttl)",
      message = "delivery.rotation.overlap: must be at most a quarter of the ttl")
  public record RequestedCredential(
      @Required
          @Size(max = 63)
          @ValidationRule(
              value = HallpassApi.LABEL_FORM,
              message = "credentials.name" + HallpassApi.LABEL_WANTED)
          @JsonPropertyDescription("Its name in this request: lower case letters, digits and -.")
          String name,
      @Required @JsonPropertyDescription("The provider that mints it.") ProviderRef providerRef,
      @Required
          @Size(min = 1, max = 63)
          @JsonPropertyDescription(
              "One of the access levels that the provider offers, e.g. reader.")
          String access,
      @Required
          @Size(max = 32)
          @ValidationRule(
              value = HallpassApi.DURATION_FORM,
              message = "ttl: write hours, minutes or seconds, e.g. 15m")
          @ValidationRule(
              value =
                  "!"
                      + HallpassApi.DURATION_FORM
                      + " || (duration(self) >= duration('1m')"
                      + " && duration(self) <= duration('24h'))",
              message = "ttl: must be between 1m and 24h")
          @JsonPropertyDescription(
              "For how long each issue or renewal is valid, e.g. 15m: what a thief would have."
                  + " From 1m to 24h, and at most the level's maxTtl.")
          String ttl,
      @JsonPropertyDescription("What is wanted of a provider of certificates.")
          @Nullable X509Wanted x509,
      @Required @JsonPropertyDescription("How it reaches the containers.") Delivery delivery) {

    /** What the certificate is to be like. */
    public X509Wanted certificate() {
      return x509 == null ? new X509Wanted(null, null) : x509;
    }
  }

  /** What a certificate is to be like, within the limits of its access level. */
  public record X509Wanted(
      @JsonPropertyDescription("EcdsaP256 where it is left out, Ed25519 or Rsa3072.")
          @Nullable KeyAlgorithm keyAlgorithm,
      @Size(max = 16)
          @ValidationRule(
              value = "self.all(n, n.matches('" + X509Wanted.DNS_NAME + "'))",
              message = "x509.dnsNames: write host names in lower case, e.g. orders.shop.svc")
          @JsonPropertyDescription("DNS names for the certificate, beside its SPIFFE ID.")
          @Nullable List<@Size(max = 253) String> dnsNames) {

    /** A DNS name in lower case. */
    public static final String DNS_NAME = "^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$";

    /** The algorithm, defaulted. */
    public KeyAlgorithm keyAlgorithmOrDefault() {
      return keyAlgorithm == null ? KeyAlgorithm.EcdsaP256 : keyAlgorithm;
    }

    /** The names; none where there are none. */
    public List<String> dnsNamesOrNone() {
      return dnsNames == null ? List.of() : dnsNames;
    }
  }
}
