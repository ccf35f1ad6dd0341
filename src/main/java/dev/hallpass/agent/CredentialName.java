package dev.hallpass.agent;

/**
 * What one credential is called.
 *
 * @param request the CredentialRequest
 * @param credential its name there
 */
record CredentialName(String request, String credential) {

  /**
   * Reads {@code request/credential}.
   *
   * @throws UsageException where it is not of that form
   */
  static CredentialName parse(String text) {
    var slash = text.indexOf('/');
    if (slash <= 0 || slash == text.length() - 1 || text.indexOf('/', slash + 1) >= 0) {
      throw new UsageException("--credential=" + text + ": write it as <request>/<credential>");
    }
    return new CredentialName(text.substring(0, slash), text.substring(slash + 1));
  }

  @Override
  public String toString() {
    return request + "/" + credential;
  }
}
