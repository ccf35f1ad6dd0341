package dev.hallpass.provider;

/**
 * Who holds a credential.
 *
 * @param namespace the pod's namespace
 * @param pod its name
 * @param serviceAccount the service account it runs as
 */
public record Holder(String namespace, String pod, String serviceAccount) {

  /** For people who look at the target: {@code <namespace>/<pod>}. */
  @Override
  public String toString() {
    return namespace + "/" + pod;
  }
}
