package dev.hallpass.provider;

import dev.hallpass.api.v1alpha1.CredentialProviderSpec;
import dev.hallpass.api.v1alpha1.Delivery;
import java.util.List;
import java.util.Set;

/**
 * What Hallpass asks of a kind of target. Calls block; implementations are thread-safe, bound every
 * call in time, and may be called by several processes at once.
 *
 * <p>All throw {@link TargetException} with a reason, and a message that is fit for people and
 * holds no secret.
 */
public interface TargetDriver extends AutoCloseable {

  /** Whether this driver serves providers of that spec. */
  boolean serves(CredentialProviderSpec spec);

  /** How its credentials stay valid. */
  Renewal renewal();

  /** The file formats this target's credentials can be written in. */
  Set<Delivery.Format> formats();

  /** The names of the fields that {@link #issue} fills for providers of that spec. */
  Fields fields(CredentialProviderSpec spec);

  /** The target's address for people, e.g. {@code postgresql://host:5432/db}. */
  String address(CredentialProviderSpec spec);

  /**
   * Mints the account, or gives an existing one fresh secret material, and leaves it <em>unable to
   * log in</em> until {@link #activate}. Idempotent. Where {@link #renewal} is {@link
   * Renewal#Reissue} it issues material that is valid until {@code grant.expiresAt()}, and leaves
   * what it issued before as it was.
   *
   * @throws TargetException with {@code Superseded} where a newer epoch has been issued
   */
  Material issue(Target target, Grant grant);

  /**
   * Enables what {@link #issue} minted under this epoch. Idempotent.
   *
   * @throws TargetException with {@code Superseded} where a newer epoch has been issued, with
   *     {@code LeaseEnded} where the account is gone
   */
  void activate(Target target, Grant grant);

  /**
   * Moves the expiry to {@code grant.expiresAt()}; the secret stays. Not called where {@link
   * #renewal} is {@link Renewal#Reissue}.
   *
   * @throws TargetException as {@link #activate}
   */
  void renew(Target target, Grant grant);

  /**
   * Blocks new logins, ends open sessions, removes the account, and verifies that it is gone.
   * Idempotent: an account that does not exist is revoked.
   */
  void revoke(Target target, Subject subject);

  /**
   * Takes back all that was issued under a lease that has ended. Idempotent.
   *
   * @return what was reached, for people
   */
  default String revoke(Target target, Ending ending) {
    revoke(target, ending.subject());
    return "the account is verified gone";
  }

  /** The accounts of this installation that exist at the target. */
  List<Subject> inventory(Target target, String installation);

  /** Checks that the target answers, and that the admin account may do what is needed. */
  void probe(Target target);

  /** Closes what is open towards targets. */
  @Override
  void close();
}
