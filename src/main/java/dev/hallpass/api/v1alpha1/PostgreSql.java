package dev.hallpass.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.hallpass.api.v1alpha1.CredentialProviderSpec.SecretRef;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How to reach a PostgreSQL server as its role administrator. The server stays the same: an account
 * must be looked for where it was made.
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
        @ValidationRule(
            value = "self.matches('" + PostgreSql.HOST + "')",
            message =
                "postgresql.host: write a host name or an IPv4 address, and nothing beside it")
        @JsonPropertyDescription("Host name or IPv4 address.")
        String host,
    @Min(1) @Max(65535) @JsonPropertyDescription("Port, 5432 where it is left out.")
        @Nullable Integer port,
    @Size(max = 7)
        @ValidationRule(
            value = "self.all(h, h.matches('" + PostgreSql.SERVER + "'))",
            message =
                "postgresql.hosts: write host names or IPv4 addresses, each perhaps with a port,"
                    + " e.g. pg-2.shop.svc:5433")
        @JsonPropertyDescription(
            "Further servers of the same cluster, as host or host:port. Whichever of all takes"
                + " writes is used, by Hallpass and by the pods.")
        @Nullable List<@Size(max = 259) String> hosts,
    @Required
        @Size(min = 1, max = 63)
        @ValidationRule(
            value = "self.matches('" + PostgreSql.DATABASE + "')",
            message = "postgresql.database" + PostgreSql.DATABASE_WANTED)
        @JsonPropertyDescription("The database that pods connect to.")
        String database,
    @Size(max = 16)
        @ValidationRule(
            value = "self.all(d, d.matches('" + PostgreSql.DATABASE + "'))",
            message = "postgresql.databases" + PostgreSql.DATABASE_WANTED)
        @JsonPropertyDescription(
            "Further databases of the server, which levels can name and where minted users may"
                + " own objects. The admin role must be able to connect to them.")
        @Nullable List<@Size(max = 63) String> databases,
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

  static final String DATABASE_WANTED =
      ": write letters, digits, _, ., $ and -, with a letter, a digit or _ in front";

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
}
