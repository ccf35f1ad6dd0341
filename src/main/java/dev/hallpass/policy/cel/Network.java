package dev.hallpass.policy.cel;

import static dev.cel.common.types.SimpleType.BOOL;
import static dev.cel.common.types.SimpleType.INT;
import static dev.cel.common.types.SimpleType.STRING;
import static dev.hallpass.policy.cel.Function.global;
import static dev.hallpass.policy.cel.Function.member;

import com.google.common.collect.ImmutableList;
import dev.cel.common.types.CelType;
import dev.cel.common.types.OpaqueType;

/**
 * Addresses, by the names that they have in Kubernetes.
 *
 * @see <a href="https://github.com/google/cel-go/tree/master/ext#network">Network extension</a>
 */
final class Network {
  private static final CelType IP = OpaqueType.create("net.IP");
  private static final CelType CIDR = OpaqueType.create("net.CIDR");
  private static final Class<IpAddress> ADDRESS = IpAddress.class;
  private static final Class<AddressBlock> BLOCK = AddressBlock.class;

  static final ImmutableList<Function> ALL =
      ImmutableList.of(
          global("ip", IP, STRING, String.class, IpAddress::parse, "an address, e.g. of the pod"),
          global("isIP", BOOL, STRING, String.class, IpAddress::isOne, "whether a text is one"),
          global(
              "ip.isCanonical",
              BOOL,
              STRING,
              String.class,
              IpAddress::isCanonical,
              "whether an address is written in its canonical form"),
          global("string", STRING, IP, ADDRESS, IpAddress::toString, "in its canonical form"),
          member("family", INT, IP, ADDRESS, IpAddress::family, "4 or 6"),
          member("isUnspecified", BOOL, IP, ADDRESS, IpAddress::isUnspecified, "0.0.0.0, ::"),
          member("isLoopback", BOOL, IP, ADDRESS, IpAddress::isLoopback, "127.0.0.0/8, ::1"),
          member(
              "isLinkLocalMulticast",
              BOOL,
              IP,
              ADDRESS,
              IpAddress::isLinkLocalMulticast,
              "224.0.0.0/24, ff02::/16"),
          member(
              "isLinkLocalUnicast",
              BOOL,
              IP,
              ADDRESS,
              IpAddress::isLinkLocalUnicast,
              "169.254.0.0/16, fe80::/10"),
          member(
              "isGlobalUnicast",
              BOOL,
              IP,
              ADDRESS,
              IpAddress::isGlobalUnicast,
              "none of these, of a private network too"),
          global("cidr", CIDR, STRING, String.class, AddressBlock::parse, "a block of addresses"),
          global(
              "isCIDR", BOOL, STRING, String.class, AddressBlock::isOne, "whether a text is one"),
          global("string", STRING, CIDR, BLOCK, AddressBlock::toString, "as one writes it"),
          member(
              "containsIP",
              BOOL,
              CIDR,
              BLOCK,
              STRING,
              String.class,
              (block, text) -> block.contains(IpAddress.parse(text)),
              "whether the address is one of the block"),
          member(
              "containsIP",
              BOOL,
              CIDR,
              BLOCK,
              IP,
              ADDRESS,
              (block, address) -> block.contains(address),
              "the same"),
          member(
              "containsCIDR",
              BOOL,
              CIDR,
              BLOCK,
              STRING,
              String.class,
              (block, text) -> block.contains(AddressBlock.parse(text)),
              "whether all addresses of the other block are of this one"),
          member(
              "containsCIDR",
              BOOL,
              CIDR,
              BLOCK,
              CIDR,
              BLOCK,
              (block, other) -> block.contains(other),
              "the same"),
          member("ip", IP, CIDR, BLOCK, AddressBlock::address, "the address it is named by"),
          member("masked", CIDR, CIDR, BLOCK, AddressBlock::masked, "named by its first address"),
          member(
              "prefixLength",
              INT,
              CIDR,
              BLOCK,
              AddressBlock::prefixLength,
              "how many bits its addresses share"));

  private Network() {}
}
