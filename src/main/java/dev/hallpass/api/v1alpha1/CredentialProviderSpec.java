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
    value =
        "[has(self.postgresql), has(self.x509), has(self.kubernetes)].filter(given, given).size() == 1",
    message = "spec: exactly one target must be given: postgresql, x509 or kubernetes")
@ValidationRule(
    value =
        "has(self.postgresql) == has(oldSelf.postgresql) && has(self.x509) == has(oldSelf.x509)"
            + " && has(self.kubernetes) == has(oldSelf.kubernetes)",
    message =
        "spec: the kind of target cannot be changed, as live leases are at the old one; create another"
            + " provider")
@ValidationRule(
    value =
        "self.access.all(a, has(a.postgresql) == has(self.postgresql) && has(a.x509) == has(self.x509)"
            + " && has(a.kubernetes) == has(self.kubernetes))",
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
          @Pattern("^[a-z0-9]([-a-z0-9]*[a-z0-9])?$")
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

  /**
   * How to reach a PostgreSQL server as its role administrator. The server stays the same: an
   * account must be looked for where it was made.
   */
  @ValidationRule(
      value =
          "(has(self.port) ? self.port : 5432) == (has(oldSelf.port) ? oldSelf.port : 5432) &&"
              + " (self.host == oldSelf.host || (has(oldSelf.hosts) && self.host in"
              + " oldSelf.hosts))",
      message =
          "spec.postgresql: host and port cannot be changed, as live accounts are there, unless to"
              + " a host that hosts names; create another provider for another server, or, where no lease"
              + " stands against this one, delete it and apply it again")
  public record PostgreSql(
      @Required
          @Size(min = 1, max = 253)
          @Pattern(PostgreSql.HOST)
          @JsonPropertyDescription("Host name or IPv4 address.")
          String host,
      @Min(1) @Max(65535) @JsonPropertyDescription("Port, 5432 where it is left out.")
          @Nullable Integer port,
      @Size(max = 7)
          @JsonPropertyDescription(
              "Further servers of the same cluster, as host or host:port. Whichever of all takes"
                  + " writes is used, by Hallpass and by the pods.")
          @Nullable List<@Size(max = 259) @Pattern(PostgreSql.SERVER) String> hosts,
      @Required
          @Size(min = 1, max = 63)
          @Pattern(PostgreSql.DATABASE)
          @JsonPropertyDescription("The database that pods connect to.")
          String database,
      @Size(max = 16)
          @JsonPropertyDescription(
              "Further databases of the server, which levels can name and where minted users may"
                  + " own objects. The admin role must be able to connect to them.")
          @Nullable List<@Size(max = 63) @Pattern(PostgreSql.DATABASE) String> databases,
      @Required
          @JsonPropertyDescription(
              "The Secret with the keys username and password of a role with CREATEROLE. In the"
                  + " provider's namespace; of a ClusterCredentialProvider, in Hallpass's own.")
          SecretRef adminSecretRef,
      @JsonPropertyDescription("TLS to the server; VerifyFull where it is left out.")
          @Nullable Tls tls,
      @Min(1)
          @Max(1_000_000)
          @JsonPropertyDescription(
              "SCRAM iterations of the password verifiers, 4096 where it is left out. The passwords"
                  + " are 256 random bits, which iterations add nothing to: 1 is as safe, and the"
                  + " server then issues many times as fast.")
          @Nullable Integer passwordIterations) {

    /** Host names and IPv4 addresses: nothing that could end the host part of a JDBC URL. */
    public static final String HOST = "^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$";

    /** The same with a port, where it is another than the first server's. */
    public static final String SERVER =
        "^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:[1-9][0-9]{0,4})?$";

    /** What PostgreSQL databases are commonly called: nothing that a JDBC URL gives a meaning. */
    public static final String DATABASE = "^[A-Za-z0-9_][A-Za-z0-9_.$-]*$";

    /** One server with one database. */
    public PostgreSql(
        String host,
        @Nullable Integer port,
        String database,
        SecretRef adminSecretRef,
        @Nullable Tls tls) {
      this(host, port, null, database, null, adminSecretRef, tls, null);
    }

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
      @Required
          @Size(min = 1, max = 253)
          @Pattern(HallpassApi.NAME)
          @JsonPropertyDescription("The Secret's name.")
          String name) {}

  /** A level of access in PostgreSQL: membership in group roles, which hold the grants. */
  @ValidationRule(
      value = "has(self.reassignTo) == (has(self.ownedObjects) && self.ownedObjects == 'Reassign')",
      message =
          "postgresql.reassignTo: must be given where ownedObjects is Reassign, and only there")
  public record PostgreSqlAccess(
      @Required
          @Size(min = 1, max = 16)
          @JsonPropertyDescription("Group roles the minted user joins, e.g. orders_reader.")
          List<String> roles,
      @Size(min = 1, max = 63)
          @JsonPropertyDescription(
              "The database that pods of this level connect to: one of spec.postgresql.databases."
                  + " The provider's where it is left out.")
          @Nullable String database,
      @Size(max = 16)
          @JsonPropertyDescription("Schemas in which unqualified names are looked up, in order.")
          @Nullable List<@Size(min = 1, max = 63) String> searchPath,
      @JsonPropertyDescription(
              "What the user's sessions begin with. They can set something else: a default, not a"
                  + " bound.")
          @Nullable Timeouts timeouts,
      @JsonPropertyDescription(
              "What becomes of objects the user created when its lease ends: Drop, with what they"
                  + " hold, or Reassign to another role. Drop where it is left out.")
          @Nullable OwnedObjects ownedObjects,
      @Size(min = 1, max = 63)
          @JsonPropertyDescription(
              "The role that owns the objects afterwards, of which the admin role must be a member.")
          @Nullable String reassignTo,
      @Min(1)
          @Max(1000)
          @JsonPropertyDescription(
              "How many connections one pod's user may have open; 20 where it is left out. All pods"
                  + " together should leave the server some, or nobody can revoke.")
          @Nullable Integer connectionLimit) {
    private static final int DEFAULT_CONNECTION_LIMIT = 20;

    /** Group roles, and nothing else. */
    public PostgreSqlAccess(List<String> roles) {
      this(roles, null, null, null, null, null, null);
    }

    /** The limit, defaulted. */
    public int connectionLimitOrDefault() {
      return connectionLimit == null ? DEFAULT_CONNECTION_LIMIT : connectionLimit;
    }
  }

  /** Timeouts of sessions, in PostgreSQL's own units. */
  public record Timeouts(
      @Size(max = 16)
          @ValidationRule(
              value = Timeouts.SPAN,
              message = "timeouts.statement: write a number and ms, s, min or h, e.g. 30s")
          @JsonPropertyDescription("statement_timeout, e.g. 30s.")
          @Nullable String statement,
      @Size(max = 16)
          @ValidationRule(
              value = Timeouts.SPAN,
              message = "timeouts.lock: write a number and ms, s, min or h, e.g. 5s")
          @JsonPropertyDescription("lock_timeout, e.g. 5s.")
          @Nullable String lock,
      @Size(max = 16)
          @ValidationRule(
              value = Timeouts.SPAN,
              message = "timeouts.idleInTransaction: write a number and ms, s, min or h, e.g. 1min")
          @JsonPropertyDescription("idle_in_transaction_session_timeout, e.g. 1min.")
          @Nullable String idleInTransaction) {

    /** A schema rule for time as PostgreSQL writes it: a number and a unit. */
    public static final String SPAN = "self.matches('^[0-9]{1,9}(ms|s|min|h)$')";
  }

  /** What becomes of a user's objects, spelt as in manifests. */
  public enum OwnedObjects {
    Drop,
    Reassign
  }

  /** A certificate authority that vouches for workloads (RFC 5280, SPIFFE X509-SVID). */
  public record X509(
      @Required
          @Size(min = 1, max = 255)
          @Pattern("^[a-z0-9]([-a-z0-9._]*[a-z0-9])?$")
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

  /** A level of access in certificates: what they may say and be used for. */
  public record X509Access(
      @Size(max = 2) @JsonPropertyDescription("ClientAuth, ServerAuth; both where it is left out.")
          @Nullable List<Usage> usages,
      @Size(max = 32)
          @JsonPropertyDescription(
              "DNS names that a request may ask for: a name, or *. and a name for what is one label"
                  + " below it. None where it is left out.")
          @Nullable List<@Size(max = 253) @Pattern(X509Access.DNS_PATTERN) String> dnsNames,
      @Size(max = 3)
          @JsonPropertyDescription(
              "Key algorithms that a request may ask for: EcdsaP256, Ed25519, Rsa3072; all where it is"
                  + " left out.")
          @Nullable List<KeyAlgorithm> keyAlgorithms) {

    /** A DNS name in lower case, or {@code *.} and one. */
    public static final String DNS_PATTERN = "^([*][.])?[a-z0-9]([-a-z0-9.]*[a-z0-9])?$";

    /** The usages, defaulted. */
    public List<Usage> usagesOrDefault() {
      return usages == null || usages.isEmpty() ? List.of(Usage.values()) : usages;
    }
  }

  /** Extended key usages (RFC 5280, 4.2.1.12), spelt as in manifests. */
  public enum Usage {
    ClientAuth,
    ServerAuth
  }

  /**
   * Service accounts of this cluster. Their namespace stays the same: what revokes a token must be
   * looked for where it was made.
   */
  @ValidationRule(
      value =
          "has(self.__namespace__) == has(oldSelf.__namespace__) && (!has(self.__namespace__) || self.__namespace__"
              + " == oldSelf.__namespace__)",
      message =
          "spec.kubernetes.namespace: cannot be changed, as what revokes live tokens is there; create"
              + " another provider for another namespace")
  public record Kubernetes(
      @Size(max = 63)
          @Pattern("^[a-z0-9]([-a-z0-9]*[a-z0-9])?$")
          @JsonPropertyDescription(
              "The namespace of the service accounts. A CredentialProvider serves its own alone, and"
                  + " may leave it out; a ClusterCredentialProvider must name it.")
          @Nullable String namespace,
      @Size(max = 253)
          @Pattern("^https://[A-Za-z0-9.:\\[\\]-]+(/[A-Za-z0-9._~/-]*)?$")
          @JsonPropertyDescription(
              "The API server's address for pods, e.g. https://kubernetes.default.svc; the one that"
                  + " Hallpass itself uses where it is left out.")
          @Nullable String server,
      @Size(max = 65536)
          @JsonPropertyDescription(
              "PEM bundle to verify the API server with; the one that Hallpass itself uses where it is"
                  + " left out.")
          @Nullable String caBundle) {}

  /** A level of access in Kubernetes: a service account, to which roles are bound. */
  public record KubernetesAccess(
      @Required
          @Size(min = 1, max = 253)
          @Pattern(HallpassApi.NAME)
          @JsonPropertyDescription("The service account that pods act as, e.g. ci-deployer.")
          String serviceAccountName,
      @Size(min = 1, max = 8)
          @JsonPropertyDescription(
              "Who is to accept the token; the API server of this cluster where it is left out.")
          @Nullable List<String> audiences) {}
}
