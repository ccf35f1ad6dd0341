package dev.hallpass.admission;

/** Who may approve. */
@FunctionalInterface
interface Approvers {

  /** Whether they have the RBAC verb {@code approve} on the CredentialPolicy of that name. */
  boolean may(Requester who, String policy);
}
