package dev.hallpass.policy.cel;

import java.math.BigInteger;
import java.net.InetAddress;

/**
 * A block of IP addresses (RFC 4632, RFC 4291 §2.3).
 *
 * @param network its bits above the host part
 * @param hostBits how many bits are left to hosts
 * @param family the length of its addresses in bytes
 */
record AddressBlock(BigInteger network, int hostBits, int family) {

  /**
   * Reads e.g. {@code 10.0.0.0/8}; no name is ever resolved.
   *
   * @throws IllegalArgumentException where it is none
   */
  static AddressBlock parse(String text) {
    var slash = text.indexOf('/');
    if (slash < 0) {
      throw new IllegalArgumentException("not an address block such as 10.0.0.0/8: " + text);
    }
    var address = InetAddress.ofLiteral(text.substring(0, slash)).getAddress();
    var hostBits = Byte.SIZE * address.length - length(text.substring(slash + 1));
    if (hostBits < 0 || hostBits > Byte.SIZE * address.length) {
      throw new IllegalArgumentException("the prefix is longer than an address: " + text);
    }
    return new AddressBlock(
        new BigInteger(1, address).shiftRight(hostBits), hostBits, address.length);
  }

  private static int length(String prefix) {
    if (!prefix.matches("0|[1-9][0-9]{0,2}")) {
      throw new IllegalArgumentException("the prefix is no number: " + prefix);
    }
    return Integer.parseInt(prefix);
  }

  /**
   * Whether it contains the address.
   *
   * @throws IllegalArgumentException where that is none
   */
  boolean contains(String literal) {
    var address = InetAddress.ofLiteral(literal).getAddress();
    return address.length == family
        && new BigInteger(1, address).shiftRight(hostBits).equals(network);
  }
}
