package dev.hallpass.cli;

import java.io.ByteArrayOutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.Optional;

/**
 * A private key of an elliptic curve as SEC 1 has it (RFC 5915), put into PKCS#8 (RFC 5958), which
 * Java reads. The plugin has no Bouncy Castle, which takes longer to load than the key to be read.
 */
final class Sec1Key {
  private static final int INTEGER = 0x02;
  private static final int OCTET_STRING = 0x04;
  private static final int OBJECT_IDENTIFIER = 0x06;
  private static final int SEQUENCE = 0x30;
  private static final int PARAMETERS = 0xA0;

  private static final int LONG_FORM = 0x80;
  private static final int MOST_LENGTH_BYTES = 2;
  private static final int BYTE = 0xFF;

  /** The version of PKCS#8, and the identifier of public keys of curves (RFC 5480), as DER. */
  private static final byte[] VERSION = HexFormat.of().parseHex("020100");

  private static final byte[] EC_PUBLIC_KEY = HexFormat.of().parseHex("06072a8648ce3d0201");

  private Sec1Key() {}

  /**
   * The key in PKCS#8; empty where neither names its curve.
   *
   * @param parameters what stands in the file beside it, under EC PARAMETERS
   */
  static Optional<byte[]> pkcs8(byte[] sec1, Optional<byte[]> parameters) {
    return curve(sec1)
        .or(() -> parameters.flatMap(Sec1Key::identifier))
        .map(
            curve ->
                value(
                    SEQUENCE,
                    VERSION,
                    value(SEQUENCE, EC_PUBLIC_KEY, value(OBJECT_IDENTIFIER, curve)),
                    value(OCTET_STRING, sec1)));
  }

  private static Optional<byte[]> curve(byte[] sec1) {
    return content(ByteBuffer.wrap(sec1), SEQUENCE)
        .map(ByteBuffer::wrap)
        .filter(key -> content(key, INTEGER).isPresent())
        .filter(key -> content(key, OCTET_STRING).isPresent())
        .flatMap(key -> content(key, PARAMETERS))
        .flatMap(Sec1Key::identifier);
  }

  private static Optional<byte[]> identifier(byte[] parameters) {
    return content(ByteBuffer.wrap(parameters), OBJECT_IDENTIFIER);
  }

  /** What the next value holds, if it is of that tag. */
  private static Optional<byte[]> content(ByteBuffer der, int tag) {
    try {
      if (!der.hasRemaining() || (der.get() & BYTE) != tag) {
        return Optional.empty();
      }
      var content = new byte[length(der)];
      der.get(content);
      return Optional.of(content);
    } catch (BufferUnderflowException cutShort) {
      return Optional.empty();
    }
  }

  private static int length(ByteBuffer der) {
    var first = der.get() & BYTE;
    if (first < LONG_FORM) {
      return first;
    }
    var bytes = first - LONG_FORM;
    if (bytes > MOST_LENGTH_BYTES) {
      throw new BufferUnderflowException();
    }
    var length = 0;
    for (var i = 0; i < bytes; i++) {
      length = (length << Byte.SIZE) | (der.get() & BYTE);
    }
    return length;
  }

  private static byte[] value(int tag, byte[]... parts) {
    var content = new ByteArrayOutputStream();
    for (var part : parts) {
      content.writeBytes(part);
    }
    var value = new ByteArrayOutputStream();
    value.write(tag);
    var length = content.size();
    // The shortest form: DER knows no other.
    if (length > BYTE) {
      value.write(LONG_FORM + 2);
      value.write(length >> Byte.SIZE);
    } else if (length >= LONG_FORM) {
      value.write(LONG_FORM + 1);
    }
    value.write(length);
    value.writeBytes(content.toByteArray());
    return value.toByteArray();
  }
}
