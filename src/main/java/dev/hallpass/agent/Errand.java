package dev.hallpass.agent;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * One credential, and where its files go.
 *
 * @param name of the credential
 * @param folders each of which gets all its files; empty for the agent's usual one
 */
record Errand(CredentialName name, List<Path> folders) {

  /**
   * Reads {@code request/credential}, or {@code request/credential:folder,folder}.
   *
   * @throws UsageException where it is not of that form
   */
  static Errand parse(String text) {
    var colon = text.indexOf(':');
    if (colon < 0) {
      return new Errand(CredentialName.parse(text), List.of());
    }
    var folders = new ArrayList<Path>();
    for (var folder : text.substring(colon + 1).split(",", -1)) {
      if (!folder.startsWith("/")) {
        throw new UsageException("--credential=" + text + ": write folders as absolute paths");
      }
      folders.add(Path.of(folder));
    }
    return new Errand(CredentialName.parse(text.substring(0, colon)), List.copyOf(folders));
  }

  /** Where the files go, given the agent's usual folder. */
  List<Path> foldersOr(Path usual) {
    return folders.isEmpty() ? List.of(usual) : folders;
  }
}
