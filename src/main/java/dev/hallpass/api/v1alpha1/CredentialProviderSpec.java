package dev.hallpass.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One target, and the named access levels it offers with their caps. */
@JsonClassDescription("How to reach the target, who may use it, and what it offers.")
@ValidationRule(
    value = "has(self.postgresql)",
    message = "spec: exactly one target must be given: postgresql")
public record CredentialProviderSpec(
    @JsonPropertyDescription("A PostgreSQL server.") @Nullable PostgreSql postgresql,
    @JsonPropertyDescription(
            "ClusterCredentialProvider only: the namespaces that may use it. None where it is left"
                + " out. A CredentialProvider serves its own namespace and no other.")
        @Nullable AllowedNamespaces allowedNamespaces,
    @Required
        @Size(min = 1, max = 32)
        @ValidationRule(
            value = "self.all(a, self.exists_one(b, b.name == a.name))",
            message = "spec.access: each name must be unique")
        @ValidationRule(
            value = "self.all(a, has(a.postgresql))",
            message = "spec.access: each level must say what it means at the target: postgresql")
        @JsonPropertyDescription("The access levels on offer.")
        List<AccessLevel> access) {

  /** The level of that name, where the provider offers it. */
  public Optional<AccessLevel> level(String name) {
    return access.stream().filter(a -> a.name().equals(name)).findFirst();
  }

  /** Namespaces by name or by label. */
  public record AllowedNamespaces(
      @Size(max = 256) @JsonPropertyDescription("Namespaces by name.") @Nullable List<String> names,
      @JsonPropertyDescription("Namespaces by label.") @Nullable PodSelector selector) {}

  /** A named level of access with its caps. */
  @ValidationRule(
      value = "duration(self.maxTtl) <= duration(self.maxLifetime)",
      message = "maxTtl: must not be longer than maxLifetime")
  public record AccessLevel(
      @Required
          @Size(max = 63)
          @Pattern("^[a-z0-9]([-a-z0-9]*[a-z0-9])?$")
          @JsonPropertyDescription("The name that requests ask for, e.g. reader.")
          String name,
      @Required
          @Size(max = 32)
          @Pattern("^([0-9]+(s|m|h))+$")
          @ValidationRule(
              value = "duration(self) >= duration('1m') && duration(self) <= duration('24h')",
              message = "maxTtl: must be between 1m and 24h")
          @JsonPropertyDescription("The longest ttl a request may ask for.")
          String maxTtl,
      @Required
          @Size(max = 32)
          @Pattern("^([0-9]+(s|m|h))+$")
          @ValidationRule(
              value = "duration(self) >= duration('1m') && duration(self) <= duration('8760h')",
              message = "maxLifetime: must be between 1m and 8760h")
          @JsonPropertyDescription("How long one lease may live, renewals included.")
          String maxLifetime,
      @JsonPropertyDescription("What the level means in PostgreSQL.")
          @Nullable PostgreSqlAccess postgresql) {}

  /**
   * How to reach a PostgreSQL server as its role administrator. The server stays the same: an
   * account must be looked for where it was made.
   */
  @ValidationRule(
      value =
          "self.host == oldSelf.host && (has(self.port) ? self.port : 5432) =="
              + " (has(oldSelf.port) ? oldSelf.port : 5432)",
      message =
          "spec.postgresql: host and port cannot be changed, as live accounts are there; create"
              + " another provider for another server")
  public record PostgreSql(
      @Required
          @Size(min = 1, max = 253)
          @Pattern(PostgreSql.HOST)
          @JsonPropertyDescription("Host name or IPv4 address.")
          String host,
      @Min(1) @Max(65535) @JsonPropertyDescription("Port, 5432 where it is left out.")
          @Nullable Integer port,
      @Required
          @Size(min = 1, max = 63)
          @Pattern(PostgreSql.DATABASE)
          @JsonPropertyDescription("The database that pods connect to.")
          String database,
      @Required
          @JsonPropertyDescription(
              "The Secret with the keys username and password of a role with CREATEROLE. In the"
                  + " provider's namespace; of a ClusterCredentialProvider, in Hallpass's own.")
          SecretRef adminSecretRef,
      @JsonPropertyDescription("TLS to the server; VerifyFull where it is left out.")
          @Nullable Tls tls) {

    /** Host names and IPv4 addresses: nothing that could end the host part of a JDBC URL. */
    public static final String HOST = "^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$";

    /** What PostgreSQL databases are commonly called: nothing that a JDBC URL gives a meaning. */
    public static final String DATABASE = "^[A-Za-z0-9_][A-Za-z0-9_.$-]*$";

    /** The port, defaulted. */
    public int portOrDefault() {
      return port == null ? 5432 : port;
    }
  }

  /** TLS towards a target. */
  public record Tls(
      @Required
          @JsonPropertyDescription(
              "Disable, Require (encrypted, server not verified) or VerifyFull (chain and host"
                  + " name verified).")
          TlsMode mode,
      @Size(max = 65536)
          @JsonPropertyDescription("PEM bundle to verify the server with; else the system's.")
          @Nullable String caBundle) {}

  /** TLS modes, spelt as in manifests. */
  public enum TlsMode {
    Disable,
    Require,
    VerifyFull
  }

  /** Names a Secret. */
  public record SecretRef(
      @Required @Size(min = 1, max = 253) @JsonPropertyDescription("The Secret's name.")
          String name) {}

  /** A level of access in PostgreSQL: membership in group roles, which hold the grants. */
  public record PostgreSqlAccess(
      @Required
          @Size(min = 1, max = 16)
          @JsonPropertyDescription("Group roles the minted user joins, e.g. orders_reader.")
          List<String> roles) {}
}
