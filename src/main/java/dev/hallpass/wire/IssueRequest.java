package dev.hallpass.wire;

import org.jspecify.annotations.Nullable;

/**
 * {@code POST /v1/credentials}: the pod behind the bearer token asks for one credential.
 *
 * @param request name of the CredentialRequest, in the pod's own namespace
 * @param credential name of the credential in that request
 * @param replaces what the pod holds and goes on using until the answer has taken its place; null
 *     where it holds nothing that must stay usable, as after a restart
 * @param csr a PKCS #10 request (RFC 2986) in PEM that proves a key pair of the pod; null where the
 *     credential needs none. Its key counts, and nothing else in it
 */
public record IssueRequest(
    String request, String credential, @Nullable LeaseCall replaces, @Nullable String csr) {

  /** The request of a pod that holds nothing yet. */
  public IssueRequest(String request, String credential) {
    this(request, credential, null, null);
  }
}
