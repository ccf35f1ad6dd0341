package dev.hallpass.provider;

import java.util.Optional;
import java.util.UUID;

/**
 * The name of an account at a target: {@code hp_<installation>_<lease uid>}, 44 characters of
 * {@code [a-z0-9_]}. It follows from the lease alone, so whoever finds the account finds its lease.
 *
 * @param installation eight hex digits that tell this Hallpass from others at the same target
 * @param leaseUid UID of the lease
 */
public record Subject(String installation, UUID leaseUid) {

  /** The prefix of all accounts of this installation. */
  public static String prefix(String installation) {
    return "hp_" + installation + "_";
  }

  /** Reads a name back; empty where it is not one of this installation's. */
  public static Optional<Subject> parse(String installation, String name) {
    var prefix = prefix(installation);
    var hex = name.startsWith(prefix) ? name.substring(prefix.length()) : "";
    if (!hex.matches("[0-9a-f]{32}")) {
      return Optional.empty();
    }
    return Optional.of(
        new Subject(
            installation,
            new UUID(
                Long.parseUnsignedLong(hex, 0, 16, 16), Long.parseUnsignedLong(hex, 16, 32, 16))));
  }

  /** The name itself. */
  public String name() {
    return prefix(installation) + leaseUid.toString().replace("-", "");
  }

  @Override
  public String toString() {
    return name();
  }
}
