package dev.hallpass.policy.cel;

import java.math.BigInteger;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * An IP address. Two are equal where they are the same, however they are written; one of IPv4
 * equals the IPv6 address that it is mapped to (RFC 4291 §2.5.5.2).
 *
 * @param number all its bits
 * @param bits how many there are, 32 or 128
 */
record IpAddress(BigInteger number, int bits) {
  private static final Pattern IPV4 =
      Pattern.compile("(0|[1-9][0-9]{0,2})([.](0|[1-9][0-9]{0,2})){3}");
  private static final Pattern IPV6 = Pattern.compile("[0-9A-Fa-f:]*:[0-9A-Fa-f:]*");
  private static final int GROUP = 16;
  private static final int GROUPS = 8;

  /**
   * Reads e.g. {@code 10.0.0.1} or {@code 2001:db8::1}; no name is ever resolved.
   *
   * @throws IllegalArgumentException where it is none, has a zone, or mixes both notations
   */
  static IpAddress parse(String text) {
    if (!IPV4.matcher(text).matches() && !IPV6.matcher(text).matches()) {
      throw new IllegalArgumentException("not an IP address such as 10.0.0.1 or ::1: " + text);
    }
    var bytes = InetAddress.ofLiteral(text).getAddress();
    return new IpAddress(new BigInteger(1, bytes), Byte.SIZE * bytes.length);
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

  /**
   * Whether an address is written as {@link #toString} writes it.
   *
   * @throws IllegalArgumentException where it is none
   */
  static boolean isCanonical(String text) {
    return parse(text).toString().equals(text);
  }

  /** 4 or 6. */
  long family() {
    return isOfIpv4() ? 4 : 6;
  }

  private boolean isOfIpv4() {
    return bits == Integer.SIZE;
  }

  boolean isUnspecified() {
    return number.signum() == 0;
  }

  boolean isLoopback() {
    return isOfIpv4() ? begins(0x7f, 8) : number.equals(BigInteger.ONE);
  }

  /** 224.0.0.0/24, ff02::/16. */
  boolean isLinkLocalMulticast() {
    return isOfIpv4() ? begins(0xe00000, 24) : begins(0xff02, 16);
  }

  /** 169.254.0.0/16, fe80::/10. */
  boolean isLinkLocalUnicast() {
    return isOfIpv4() ? begins(0xa9fe, 16) : begins(0x3fa, 10);
  }

  /** Any that is for one host beyond its link, of a private network too. */
  boolean isGlobalUnicast() {
    var multicast = isOfIpv4() ? begins(0xe, 4) : begins(0xff, 8);
    var broadcast = isOfIpv4() && number.bitCount() == bits;
    return !multicast && !broadcast && !isUnspecified() && !isLoopback() && !isLinkLocalUnicast();
  }

  private boolean begins(int with, int length) {
    return number.shiftRight(bits - length).intValue() == with;
  }

  /** As one writes it (RFC 5952): in lower case, the longest run of zeros left out. */
  @Override
  public String toString() {
    return isOfIpv4() ? joined(".", parts(Byte.SIZE, 10)) : shortened(parts(GROUP, 16));
  }

  private List<String> parts(int size, int radix) {
    var parts = new ArrayList<String>();
    var mask = BigInteger.ONE.shiftLeft(size).subtract(BigInteger.ONE);
    for (var shift = bits - size; shift >= 0; shift -= size) {
      parts.add(number.shiftRight(shift).and(mask).toString(radix));
    }
    return parts;
  }

  private static String shortened(List<String> groups) {
    var from = 0;
    var longest = 1;
    for (var i = 0; i < GROUPS; i++) {
      var run = (int) groups.subList(i, GROUPS).stream().takeWhile("0"::equals).count();
      if (run > longest) {
        from = i;
        longest = run;
      }
    }
    return longest == 1
        ? joined(":", groups)
        : joined(":", groups.subList(0, from))
            + "::"
            + joined(":", groups.subList(from + longest, GROUPS));
  }

  private static String joined(String by, List<String> parts) {
    return String.join(by, parts);
  }
}
