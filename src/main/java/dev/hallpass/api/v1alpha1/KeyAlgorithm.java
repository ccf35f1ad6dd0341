package dev.hallpass.api.v1alpha1;

/** What a pod's key pair is made by, spelt as in manifests. */
public enum KeyAlgorithm {
  /** ECDSA on P-256. */
  EcdsaP256,
  /** EdDSA on Curve25519 (RFC 8032). */
  Ed25519,
  /** RSA with 3,072 bits. */
  Rsa3072
}
