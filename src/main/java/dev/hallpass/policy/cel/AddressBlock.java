package dev.hallpass.policy.cel;

import java.math.BigInteger;

/**
 * A block of IP addresses (RFC 4632, RFC 4291 §2.3).
 *
 * @param address any of its addresses
 * @param prefixLength how many bits all of them share
 */
record AddressBlock(IpAddress address, long prefixLength) {

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
    var address = IpAddress.parse(text.substring(0, slash));
    var length = length(text.substring(slash + 1));
    if (length > address.bits()) {
      throw new IllegalArgumentException("the prefix is longer than an address: " + text);
    }
    return new AddressBlock(address, length);
  }

  private static int length(String prefix) {
    if (!prefix.matches("0|[1-9][0-9]{0,2}")) {
      throw new IllegalArgumentException("the prefix is no number: " + prefix);
    }
    return Integer.parseInt(prefix);
  }

  /** Whether the text is one. */
  static boolean isOne(String text) {
    try {
      parse(text);
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** Whether the address is one of it. */
  boolean contains(IpAddress other) {
    return other.bits() == address.bits() && network(other).equals(network(address));
  }

  /** Whether all addresses of the other block are of this one. */
  boolean contains(AddressBlock other) {
    return other.prefixLength >= prefixLength && contains(other.address);
  }

  /** The same, named by the first of its addresses. */
  AddressBlock masked() {
    var first = network(address).shiftLeft(hostBits());
    return new AddressBlock(new IpAddress(first, address.bits()), prefixLength);
  }

  private int hostBits() {
    return address.bits() - (int) prefixLength;
  }

  private BigInteger network(IpAddress one) {
    return one.number().shiftRight(hostBits());
  }

  @Override
  public String toString() {
    return address + "/" + prefixLength;
  }
}
