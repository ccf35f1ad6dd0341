package dev.hallpass.audit;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** SHA-256 of what a record stands for. */
public final class Digest {
  private static final TypeReference<Map<String, @Nullable Object>> OBJECT =
      new TypeReference<>() {};

  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .addModule(new JavaTimeModule())
          .addModule(WholeNumbers.module())
          .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
          .disable(SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
          .disable(SerializationFeature.FAIL_ON_EMPTY_BEANS)
          .defaultPropertyInclusion(JsonInclude.Value.construct(Include.NON_NULL, Include.NON_NULL))
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private Digest() {}

  /**
   * The digest of an object in its canonical form (RFC 8785), in 64 hex digits.
   *
   * @param object a record, a Kubernetes object, or a map of these
   */
  public static String of(Object object) {
    return ofText(Canonical.of(tree(object)));
  }

  /** SHA-256 of a text in UTF-8, in hex. */
  public static String ofText(String text) {
    return ofBytes(text.getBytes(StandardCharsets.UTF_8));
  }

  static String ofBytes(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /**
   * The members of an object as maps, lists, strings, numbers and booleans; no nulls. A whole
   * number from 2^53 on is a string.
   */
  static Map<String, @Nullable Object> tree(Object object) {
    return MAPPER.convertValue(object, OBJECT);
  }

  /** The tree as a record again. */
  static <T> T as(@Nullable Object tree, Class<T> type) {
    return MAPPER.convertValue(tree, type);
  }

  /**
   * Reads an object of which no name occurs twice, and that nothing follows.
   *
   * @throws IllegalArgumentException where the text is not one; quotes nothing of it
   */
  static Map<String, @Nullable Object> read(String json) {
    try {
      var read = MAPPER.readValue(json, OBJECT);
      if (read == null) {
        throw new IllegalArgumentException("not a JSON object");
      }
      return read;
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("not a JSON object, or one with a name twice", e);
    }
  }
}
