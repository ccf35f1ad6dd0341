package dev.hallpass.broker;

import dev.hallpass.lease.Claim;
import dev.hallpass.lease.RefusedException;
import dev.hallpass.pki.CertificateRequests;
import dev.hallpass.provider.CertificateAsk;
import dev.hallpass.wire.Reason;
import org.jspecify.annotations.Nullable;

/**
 * Whether the pod holds the key that is to be certified. Of its request the key counts and nothing
 * else: names come from what the broker knows of the pod.
 */
final class KeyProof {
  private KeyProof() {}

  /**
   * What is to be certified; null where the claim is to something else than a certificate.
   *
   * @param csr as the pod sent it
   * @throws RefusedException with {@code KeyRequired} where there is no key, or one of another
   *     algorithm than the credential's; with {@code CsrInvalid} where it proves nothing
   */
  static @Nullable CertificateAsk judge(Claim claim, @Nullable String csr) {
    if (claim.target().spec().x509() == null) {
      return null;
    }
    var wanted = claim.credential().certificate();
    var algorithm = wanted.keyAlgorithmOrDefault().name();
    if (csr == null) {
      throw RefusedException.keyRequired(algorithm);
    }
    try {
      var key = CertificateRequests.provenKey(csr);
      if (!CertificateRequests.algorithm(key).equals(algorithm)) {
        throw RefusedException.keyRequired(algorithm);
      }
      return new CertificateAsk(key, wanted.dnsNamesOrNone());
    } catch (IllegalArgumentException e) {
      throw new RefusedException(Reason.CsrInvalid, "csr: " + e.getMessage());
    }
  }
}
