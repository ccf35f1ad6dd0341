package dev.hallpass.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A level of access in PostgreSQL: membership in group roles, which hold the grants. */
@ValidationRule(
    value = "has(self.reassignTo) == (has(self.ownedObjects) && self.ownedObjects == 'Reassign')",
    message = "postgresql.reassignTo: must be given where ownedObjects is Reassign, and only there")
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
}
