package dev.hallpass.cli;

import java.util.List;

/**
 * What somebody may decide. Each takes two rights: one in the namespace, and one in the cluster,
 * which whoever owns the namespace does not have.
 *
 * @param here whether they have the first
 * @param anywhere whether they have the second, for all policies
 * @param policies those of which they have it, where it is not all
 */
record Mandate(Kind kind, boolean here, boolean anywhere, List<String> policies) {

  /** Decisions, by the verb that the right of the cluster has, on CredentialPolicies. */
  enum Kind {
    BREAK_GLASS(
        "break-glass",
        "open break-glasses",
        "create",
        "breakglasses",
        "hallpass-break-glass",
        "ClusterRole hallpass-may-break-glass"),
    REVIEW(
        "review",
        "review what others opened",
        "patch",
        "breakglasses",
        "hallpass-review",
        "ClusterRole hallpass-may-review"),
    APPROVE(
        "approve",
        "approve leases",
        "create",
        "credentialapprovals",
        "hallpass-approver",
        "a ClusterRole that names the policies");

    private final String verb;
    private final String deed;
    private final String verbHere;
    private final String resourceHere;
    private final String roleHere;
    private final String roleAnywhere;

    Kind(
        String verb,
        String deed,
        String verbHere,
        String resourceHere,
        String roleHere,
        String roleAnywhere) {
      this.verb = verb;
      this.deed = deed;
      this.verbHere = verbHere;
      this.resourceHere = resourceHere;
      this.roleHere = roleHere;
      this.roleAnywhere = roleAnywhere;
    }

    String verb() {
      return verb;
    }

    /** What they do who have it, as a sentence goes on after "you may". */
    String deed() {
      return deed;
    }

    /** The verb in the namespace. */
    String verbHere() {
      return verbHere;
    }

    /** And what it is about. */
    String resourceHere() {
      return resourceHere;
    }

    /** The chart's ClusterRole that gives the right in a namespace. */
    String roleHere() {
      return roleHere;
    }

    /** What gives the right in the cluster. */
    String roleAnywhere() {
      return roleAnywhere;
    }
  }

  /** Whether they have both rights, be it for some policies. */
  boolean held() {
    return here && (anywhere || !policies.isEmpty());
  }
}
