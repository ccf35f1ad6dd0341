package dev.hallpass.pki;

import java.security.cert.X509Certificate;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * All certificates of an installation at one moment. What is missing, {@link Rotation} makes.
 *
 * @param authority the CA that signs
 * @param upcoming the next CA, already in the bundle, which does not sign yet
 * @param previous CAs that no longer sign; certificates alone
 * @param leaf what the broker serves with
 */
public record ServingState(
    @Nullable Identity authority,
    @Nullable Identity upcoming,
    List<X509Certificate> previous,
    @Nullable Identity leaf) {

  /** Before the first start. */
  public static final ServingState EMPTY = new ServingState(null, null, List.of(), null);

  /** What clients trust, signing CA first. */
  public List<X509Certificate> bundle() {
    return Stream.concat(
            Stream.of(authority, upcoming).flatMap(Stream::ofNullable).map(Identity::certificate),
            previous.stream())
        .distinct()
        .toList();
  }
}
