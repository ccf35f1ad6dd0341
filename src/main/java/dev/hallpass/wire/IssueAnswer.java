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

  /**
   * One file below the mount path.
   *
   * @param path relative, without {@code ..}
   * @param content its text, UTF-8
   * @param mode its permissions, octal with a leading zero; null for what the agent was started
   *     with
   */
  public record File(String path, Secret content, @Nullable String mode) {

    /** A file with the usual permissions. */
    public File(String path, Secret content) {
      this(path, content, null);
    }
  }
}
