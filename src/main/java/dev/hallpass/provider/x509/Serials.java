package dev.hallpass.provider.x509;

import dev.hallpass.provider.Subject;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.stream.LongStream;

/**
 * The serial numbers of a lease's certificates: its UID, which has 122 random bits, and the epoch.
 * So whoever finds a certificate finds its lease, and a lease tells which certificates it stood
 * for.
 */
final class Serials {
  private static final int EPOCH_BITS = 24;

  /** More than are good at one time: an agent renews at two thirds of the ttl. */
  private static final long LISTED = 32;

  private Serials() {}

  static BigInteger of(Subject subject, long epoch) {
    var uid = subject.leaseUid();
    var bytes =
        ByteBuffer.allocate(2 * Long.BYTES)
            .putLong(uid.getMostSignificantBits())
            .putLong(uid.getLeastSignificantBits())
            .array();
    return new BigInteger(1, bytes)
        .shiftLeft(EPOCH_BITS)
        .or(BigInteger.valueOf(epoch & ((1L << EPOCH_BITS) - 1)));
  }

  /** Those of the last epochs, up to this one. */
  static List<BigInteger> upTo(Subject subject, long epoch) {
    return LongStream.rangeClosed(Math.max(1, epoch - LISTED + 1), epoch)
        .mapToObj(e -> of(subject, e))
        .toList();
  }
}
