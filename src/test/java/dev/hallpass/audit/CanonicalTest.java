package dev.hallpass.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** RFC 8785, by the samples of its appendix B and of its sections. */
class CanonicalTest {

  @ParameterizedTest
  @CsvSource({
    "0000000000000000, 0",
    "8000000000000000, 0",
    "0000000000000001, 5e-324",
    "7fefffffffffffff, 1.7976931348623157e+308",
    "4340000000000000, 9007199254740992",
    "c340000000000000, -9007199254740992",
    "4430000000000000, 295147905179352830000",
    "44b52d02c7e14af5, 9.999999999999997e+22",
    "44b52d02c7e14af6, 1e+23",
    "444b1ae4d6e2ef4e, 999999999999999700000",
    "444b1ae4d6e2ef50, 1e+21",
    "3eb0c6f7a0b5ed8c, 9.999999999999997e-7",
    "3eb0c6f7a0b5ed8d, 0.000001",
    "41b3de4355555553, 333333333.3333332",
    "becbf647612f3696, -0.0000033333333333333333",
    "43143ff3c1cb0959, 1424953923781206.2"
  })
  void writesNumbersAsTheStandardDoes(String bits, String written) {
    var number = Double.longBitsToDouble(Long.parseUnsignedLong(bits, 16));

    assertThat(Canonical.of(number)).isEqualTo(written);
  }

  @Test
  void sortsAndEscapes() {
    var object = new LinkedHashMap<String, Object>();
    object.put("\u20ac", "euro");
    object.put("\r", "return");
    object.put("\ud83d\ude00", "smiley");
    object.put("1", Arrays.asList(true, null, 7));
    object.put("\u00f6", "o\u000f\n\"\\/");

    assertThat(Canonical.of(object))
        .isEqualTo(
            "{\"\\r\":\"return\",\"1\":[true,null,7],\"\u00f6\":\"o\\u000f\\n\\\"\\\\/\","
                + "\"\u20ac\":\"euro\",\"\ud83d\ude00\":\"smiley\"}");
  }

  /** Tenants write int64 into pods: whatever the number, there is a digest, and each its own. */
  @Test
  void writesWholeNumbersThatNotEveryReaderCanHoldAsText() {
    var object = new LinkedHashMap<String, Object>();
    object.put("large", 1L << 53);
    object.put("largest", Long.MAX_VALUE);
    object.put("held", (1L << 53) - 1);
    object.put("least", Long.MIN_VALUE);
    object.put("beyond", BigInteger.TWO.pow(70));

    assertThat(Canonical.of(Digest.tree(object)))
        .isEqualTo(
            "{\"beyond\":\"1180591620717411303424\",\"held\":9007199254740991,"
                + "\"large\":\"9007199254740992\",\"largest\":\"9223372036854775807\","
                + "\"least\":\"-9223372036854775808\"}");
    assertThat(Digest.of(Map.of("seconds", 1L << 53)))
        .isNotEqualTo(Digest.of(Map.of("seconds", (1L << 53) + 1)));
  }

  @Test
  void refusesWhatNotEveryReaderCanHold() {
    assertThatThrownBy(() -> Canonical.of(1L << 53)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Canonical.of(Long.MIN_VALUE))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Canonical.of(Double.NaN)).isInstanceOf(IllegalArgumentException.class);
    assertThat(Canonical.of("\ud800")).isEqualTo("\"\ufffd\"");
  }
}
