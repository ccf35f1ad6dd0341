package dev.hallpass.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One target, and the named access levels it offers with their caps. */
@JsonClassDescription("How to reach the target, who may use it, and what it offers.")
@ValidationRule(
    value =
        "[has(self.postgresql), has(self.x509), has(self.kubernetes)].filter(given, given).size()"
            + " == 1",
    message = "spec: exactly one target must be given: postgresql, x509 or kubernetes")
@ValidationRule(
    value =
        "has(self.postgresql) == has(oldSelf.postgresql) && has(self.x509) == has(oldSelf.x509)"
            + " && has(self.kubernetes) == has(oldSelf.kubernetes)",
    message =
        "spec: the kind of target cannot be changed, as live leases are at the old one; create"
            + " another provider")
@ValidationRule(
    value =
        "self.access.all(a, has(a.postgresql) == has(self.postgresql) && has(a.x509) =="
            + " has(self.x509) && has(a.kubernetes) == has(self.kubernetes))",
    message =
        "spec.access: each level must say what it means at the target, under the target's own name:"
            + " postgresql, x509 or kubernetes")
@ValidationRule(
    value =
        "!has(self.postgresql) || self.access.all(a, !has(a.postgresql) ||"
            + " !has(a.postgresql.database) || a.postgresql.database == self.postgresql.database ||"
            + " (has(self.postgresql.databases) && a.postgresql.database in"
            + " self.postgresql.databases))",
    message =
        "spec.access: postgresql.database must be the provider's database or one of"
            + " spec.postgresql.databases")
public record CredentialProviderSpec(
    @JsonPropertyDescription("A PostgreSQL server.") @Nullable PostgreSql postgresql,
    @JsonPropertyDescription("A certificate authority for workloads.") @Nullable X509 x509,
    @JsonPropertyDescription("Service accounts of this cluster.") @Nullable Kubernetes kubernetes,
    @JsonPropertyDescription(
            "ClusterCredentialProvider only: the namespaces that may use it. None where it is left"
                + " out. A CredentialProvider serves its own namespace and no other.")
        @Nullable AllowedNamespaces allowedNamespaces,
    @Required
        @Size(min = 1, max = 32)
        @ValidationRule(
            value = "self.all(a, self.exists_one(b, b.name == a.name))",
            message = "spec.access: each name must be unique")
        @JsonPropertyDescription("The access levels on offer.")
        List<AccessLevel> access) {

  /** A PostgreSQL server, or a certificate authority. */
  public CredentialProviderSpec(
      @Nullable PostgreSql postgresql,
      @Nullable X509 x509,
      @Nullable AllowedNamespaces allowedNamespaces,
      List<AccessLevel> access) {
    this(postgresql, x509, null, allowedNamespaces, access);
  }

  /** The level of that name, where the provider offers it. */
  public Optional<AccessLevel> level(String name) {
    return access.stream().filter(a -> a.name().equals(name)).findFirst();
  }

  /** The Secret with what administers the target, and the field that names it. */
  public Optional<AdminSecret> adminSecret() {
    if (postgresql != null) {
      return Optional.of(
          new AdminSecret("spec.postgresql.adminSecretRef", postgresql.adminSecretRef().name()));
    }
    return Optional.ofNullable(x509)
        .map(x -> new AdminSecret("spec.x509.caSecretRef", x.caSecretRef().name()));
  }

  /**
   * A Secret that a provider names.
   *
   * @param field the field that names it, for messages
   * @param name its name
   */
  public record AdminSecret(String field, String name) {}

  /** Namespaces by name or by label. */
  public record AllowedNamespaces(
      @Size(max = 256) @JsonPropertyDescription("Namespaces by name.") @Nullable List<String> names,
      @JsonPropertyDescription("Namespaces by label.") @Nullable PodSelector selector) {}

  /** A named level of access with its caps. */
  @ValidationRule(
      value = "duration(self.maxTtl) <= duration(self.maxLifetime)",
      message = "maxTtl: must not be longer than maxLifetime")
  @ValidationRule(
      value = "!has(self.kubernetes) || duration(self.maxTtl) >= duration('10m')",
      message = "maxTtl: Kubernetes issues no token for less than 10m; give 10m or more")
  public record AccessLevel(
      @Required
          @Size(max = 63)
          @ValidationRule(
              value = HallpassApi.LABEL_FORM,
              message = "access.name" + HallpassApi.LABEL_WANTED)
          @JsonPropertyDescription("The name that requests ask for, e.g. reader.")
          String name,
      @Required
          @Size(max = 32)
          @ValidationRule(
              value = HallpassApi.DURATION_FORM,
              message = "maxTtl: write hours, minutes or seconds, e.g. 15m")
          @ValidationRule(
              value =
                  "!"
                      + HallpassApi.DURATION_FORM
                      + " || (duration(self) >= duration('1m')"
                      + " && duration(self) <= duration('24h'))",
              message = "maxTtl: must be between 1m and 24h")
          @JsonPropertyDescription("The longest ttl a request may ask for.")
          String maxTtl,
      @Required
          @Size(max = 32)
          @ValidationRule(
              value = HallpassApi.DURATION_FORM,
              message = "maxLifetime: write hours, minutes or seconds, e.g. 12h")
          @ValidationRule(
              value =
                  "!"
                      + HallpassApi.DURATION_FORM
                      + " || (duration(self) >= duration('1m')"
                      + " && duration(self) <= duration('8760h'))",
              message = "maxLifetime: must be between 1m and 8760h")
          @JsonPropertyDescription("How long one lease may live, renewals included.")
          String maxLifetime,
      @JsonPropertyDescription("What the level means in PostgreSQL.")
          @Nullable PostgreSqlAccess postgresql,
      @JsonPropertyDescription("What the level means in certificates.") @Nullable X509Access x509,
      @JsonPropertyDescription("What the level means in Kubernetes.")
          @Nullable KubernetesAccess kubernetes) {

    /** A level at a PostgreSQL server, or of certificates. */
    public AccessLevel(
        String name,
        String maxTtl,
        String maxLifetime,
        @Nullable PostgreSqlAccess postgresql,
        @Nullable X509Access x509) {
      this(name, maxTtl, maxLifetime, postgresql, x509, null);
    }
  }

  /** Names a Secret. */
  public record SecretRef(
      @Required
          @Size(min = 1, max = 253)
          @ValidationRule(
              value = HallpassApi.NAME_FORM,
              message = "the Secret's name" + HallpassApi.NAME_WANTED)
          @JsonPropertyDescription("The Secret's name.")
          String name) {}
}
