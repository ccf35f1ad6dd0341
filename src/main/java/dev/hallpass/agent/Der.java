package dev.hallpass.agent;

import java.io.ByteArrayOutputStream;
import java.util.HexFormat;

/** As much of DER (X.690) as a certificate request needs. */
final class Der {
  private static final int SEQUENCE = 0x30;
  private static final int INTEGER = 0x02;
  private static final int BIT_STRING = 0x03;
  private static final int CONTEXT_CONSTRUCTED = 0xa0;
  private static final int LONG_FORM = 0x80;

  private Der() {}

  static byte[] sequence(byte[]... items) {
    var content = new ByteArrayOutputStream();
    for (var item : items) {
      content.writeBytes(item);
    }
    return value(SEQUENCE, content.toByteArray());
  }

  /** A number below 128. */
  static byte[] integer(int number) {
    return value(INTEGER, new byte[] {(byte) number});
  }

  /** Whole bytes as a bit string. */
  static byte[] bits(byte[] bytes) {
    var content = new byte[bytes.length + 1];
    System.arraycopy(bytes, 0, content, 1, bytes.length);
    return value(BIT_STRING, content);
  }

  /** An empty set under a context tag. */
  static byte[] context(int tag) {
    return value(CONTEXT_CONSTRUCTED | tag, new byte[0]);
  }

  /** The AlgorithmIdentifier of a signature (RFC 5758, RFC 8410, RFC 4055). */
  static byte[] signatureAlgorithm(String name) {
    return HexFormat.of()
        .parseHex(
            switch (name) {
              case "SHA256withECDSA" -> "300a06082a8648ce3d040302";
              case "Ed25519" -> "300506032b6570";
              case "SHA256withRSA" -> "300d06092a864886f70d01010b0500";
              default -> throw new IllegalArgumentException(name);
            });
  }

  private static byte[] value(int tag, byte[] content) {
    var der = new ByteArrayOutputStream();
    der.write(tag);
    if (content.length < LONG_FORM) {
      der.write(content.length);
    } else {
      var bytes = (Integer.SIZE - Integer.numberOfLeadingZeros(content.length) + 7) / Byte.SIZE;
      der.write(LONG_FORM | bytes);
      for (var i = bytes - 1; i >= 0; i--) {
        der.write(content.length >> (i * Byte.SIZE));
      }
    }
    der.writeBytes(content);
    return der.toByteArray();
  }
}
