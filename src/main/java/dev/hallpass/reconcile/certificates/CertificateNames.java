package dev.hallpass.reconcile.certificates;

/**
 * Where certificates are kept.
 *
 * @param namespace Hallpass's own
 * @param authoritySecret the Secret with the CA and its key, which the controller alone reads
 * @param servingSecret the Secret with what the broker serves with, and the trust bundle
 * @param webhook the MutatingWebhookConfiguration whose {@code caBundle} is kept
 */
public record CertificateNames(
    String namespace, String authoritySecret, String servingSecret, String webhook) {

  /** The names in the chart. */
  public static CertificateNames in(String namespace) {
    return new CertificateNames(namespace, "hallpass-ca", "hallpass-serving", "hallpass");
  }
}
