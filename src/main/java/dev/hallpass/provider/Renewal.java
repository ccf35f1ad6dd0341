package dev.hallpass.provider;

/** How a credential of a kind of target stays valid. */
public enum Renewal {
  /** Its expiry moves at the target; the secret stays. Logins, for example. */
  Extend,
  /**
   * New material is issued under the same account, and the old stays valid until its own expiry,
   * which nobody can move. Certificates and tokens, for example.
   */
  Reissue
}
