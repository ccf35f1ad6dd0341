package dev.hallpass.audit;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import java.io.IOException;
import java.math.BigInteger;

/**
 * Writes whole numbers that not every reader can hold as text (RFC 7493, 2.2). Kubernetes has int64
 * in objects that tenants write: each of them must have a digest and a record.
 */
final class WholeNumbers extends StdSerializer<Number> {
  private static final long serialVersionUID = 1L;

  private WholeNumbers() {
    super(Number.class);
  }

  static SimpleModule module() {
    var numbers = new WholeNumbers();
    return new SimpleModule()
        .addSerializer(Long.class, numbers)
        .addSerializer(Long.TYPE, numbers)
        .addSerializer(BigInteger.class, numbers);
  }

  @Override
  public void serialize(Number number, JsonGenerator to, SerializerProvider provider)
      throws IOException {
    if (number instanceof Long exact && Canonical.everyReaderHolds(exact)) {
      to.writeNumber(exact);
    } else {
      to.writeString(number.toString());
    }
  }
}
