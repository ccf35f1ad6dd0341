package dev.hallpass.wire;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Secret material, not yet usable: the target enables it once the agent acknowledges this epoch.
 *
 * @param lease name of the lease
 * @param epoch number of this issue under the lease
 * @param files what to write, complete
 * @param trustBundle PEM certificates that the agent trusts from now on for the broker
 */
public record IssueAnswer(String lease, long epoch, List<File> files, String trustBundle) {

  /** The same with other files. */
  public IssueAnswer with(List<File> others) {
    return new IssueAnswer(lease, epoch, others, trustBundle);
  }

  /**
   * One file below the mount path.
   *
   * @param path relative, without {@code ..}
   * @param content its text, UTF-8; what the agent is to add its own private key to, where {@code
   *     form} says so
   * @param mode its permissions, octal with a leading zero; null for what the agent was started
   *     with
   * @param form what becomes of the content
   */
  public record File(String path, Secret content, @Nullable String mode, Form form) {

    /** A file that is complete, with the usual permissions. */
    public File(String path, Secret content) {
      this(path, content, null, Form.Text);
    }

    /** The same file with what is to be written. */
    public File with(Secret written, Form as) {
      return new File(path, written, mode, as);
    }
  }

  /** What the agent makes of a file's content. */
  public enum Form {
    /** Written as it is. */
    Text,
    /** The agent's private key (PKCS #8, PEM), then the content. */
    KeyFirst,
    /**
     * A PKCS #12 key store of the agent's private key and the certificates in the content: first
     * its own chain, then the self-signed ones to trust.
     */
    KeyStore,
    /** The password of the key stores of the same answer, which the agent makes up. */
    StorePassword,
    /** Bytes, in base64 (RFC 4648, 4). */
    Base64
  }
}
