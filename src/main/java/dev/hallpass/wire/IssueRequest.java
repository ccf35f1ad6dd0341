package dev.hallpass.wire;

/**
 * {@code POST /v1/credentials}: the pod behind the bearer token asks for one credential.
 *
 * @param request name of the CredentialRequest, in the pod's own namespace
 * @param credential name of the credential in that request
 */
public record IssueRequest(String request, String credential) {}
