package dev.hallpass.reconcile.certificates;

import dev.hallpass.pki.Identity;
import dev.hallpass.pki.Pem;
import dev.hallpass.pki.ServingState;
import dev.hallpass.wire.Secret;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The {@link ServingState} as the {@code data} of two Secrets, whose values are base64.
 *
 * <p>What cannot be read counts as missing. Of a CA whose key is lost the certificate is still
 * trusted, so that what it signed is accepted until the next CA has spread.
 */
final class CertificateSecrets {
  static final String CA = "ca.crt";
  static final String CA_KEY = "ca.key";
  static final String NEXT_CA = "next.crt";
  static final String NEXT_CA_KEY = "next.key";
  static final String PREVIOUS_CAS = "previous.crt";
  static final String LEAF = "tls.crt";
  static final String LEAF_KEY = "tls.key";
  static final String BUNDLE = "ca-bundle.crt";

  /**
   * What was read.
   *
   * @param state all that could be
   * @param unreadable the keys whose value could not, e.g. {@code ca.key}
   */
  record Read(ServingState state, List<String> unreadable) {}

  private CertificateSecrets() {}

  static Read read(Map<String, String> authority, Map<String, String> serving) {
    var unreadable = new ArrayList<String>();
    var ca = identity(authority, CA, CA_KEY, unreadable);
    var next = identity(authority, NEXT_CA, NEXT_CA_KEY, unreadable);
    var leaf = identity(serving, LEAF, LEAF_KEY, unreadable);
    var previous = certificates(authority, PREVIOUS_CAS, unreadable);
    var orphaned =
        Stream.of(
                ca == null ? certificates(authority, CA, unreadable) : List.<X509Certificate>of(),
                next == null
                    ? certificates(authority, NEXT_CA, unreadable)
                    : List.<X509Certificate>of())
            .flatMap(List::stream);
    return new Read(
        new ServingState(
            ca, next, Stream.concat(orphaned, previous.stream()).distinct().toList(), leaf),
        unreadable.stream().distinct().toList());
  }

  static Map<String, String> authority(ServingState state) {
    var data = new TreeMap<String, String>();
    put(data, state.authority(), CA, CA_KEY);
    put(data, state.upcoming(), NEXT_CA, NEXT_CA_KEY);
    data.put(PREVIOUS_CAS, base64(Pem.encode(state.previous())));
    return data;
  }

  static Map<String, String> serving(ServingState state) {
    var data = new TreeMap<String, String>();
    put(data, state.leaf(), LEAF, LEAF_KEY);
    data.put(BUNDLE, base64(Pem.encode(state.bundle())));
    return data;
  }

  private static void put(
      Map<String, String> data, @Nullable Identity identity, String certificate, String key) {
    if (identity != null) {
      data.put(certificate, base64(Pem.encode(List.of(identity.certificate()))));
      data.put(key, base64(Pem.encode(identity.key()).reveal()));
    }
  }

  private static @Nullable Identity identity(
      Map<String, String> data, String certificate, String key, List<String> unreadable) {
    if (!data.containsKey(certificate) && !data.containsKey(key)) {
      return null;
    }
    try {
      return Pem.identity(text(data, certificate), Secret.of(text(data, key)));
    } catch (IllegalArgumentException e) {
      unreadable.add(certificate + "+" + key);
      return null;
    }
  }

  private static List<X509Certificate> certificates(
      Map<String, String> data, String key, List<String> unreadable) {
    try {
      return Pem.certificates(text(data, key));
    } catch (IllegalArgumentException e) {
      unreadable.add(key);
      return List.of();
    }
  }

  private static String text(Map<String, String> data, String key) {
    return new String(
        Base64.getDecoder().decode(data.getOrDefault(key, "")), StandardCharsets.UTF_8);
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}
