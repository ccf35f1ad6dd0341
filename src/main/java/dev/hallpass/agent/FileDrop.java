package dev.hallpass.agent;

import dev.hallpass.wire.IssueAnswer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Puts the files of one credential below a folder. Whoever reads sees a file as it was or as it is,
 * never a part of it: each is staged under another name first, and all get theirs only when all are
 * complete and of use.
 */
final class FileDrop {
  private static final String UNFINISHED = ".hallpass-";
  private static final Set<PosixFilePermission> WHILE_WRITING =
      EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

  private final Path folder;
  private final Set<PosixFilePermission> mode;
  private Map<Path, Path> staged = Map.of();
  private Set<Path> dropped = Set.of();
  private Set<Path> lingering = Set.of();

  /** Writes below this folder, with this mode. */
  FileDrop(Path folder, Set<PosixFilePermission> mode) {
    this.folder = folder;
    this.mode = mode;
  }

  /**
   * Writes these beside the files of the last {@link #swap}, in place of what was staged before.
   *
   * @throws IOException where a path leads out of the folder, before anything is written; or where
   *     the folder cannot be written, and then nothing is staged
   */
  void stage(List<IssueAnswer.File> files) throws IOException {
    var targets = new LinkedHashMap<Path, IssueAnswer.File>();
    for (var file : files) {
      if (targets.put(target(file.path()), file) != null) {
        throw new IOException("two files have the path '" + file.path() + "'");
      }
    }
    discard();
    var temporaries = new LinkedHashMap<Path, Path>();
    staged = temporaries;
    try {
      for (var target : targets.keySet()) {
        makeFolders(target);
        var temporary = target.resolveSibling(UNFINISHED + target.getFileName());
        temporaries.put(target, temporary);
        write(temporary, targets.get(target));
      }
    } catch (IOException e) {
      discard();
      throw e;
    }
  }

  /**
   * Puts what is staged in the place of the files of the last call.
   *
   * @return whether somebody may have read what was there before
   * @throws IOException where the folder cannot be written
   */
  boolean swap() throws IOException {
    var replaced = false;
    try {
      for (var file : staged.entrySet()) {
        replaced |= Files.exists(file.getKey(), LinkOption.NOFOLLOW_LINKS);
        Files.move(file.getValue(), file.getKey(), StandardCopyOption.ATOMIC_MOVE);
      }
      removeAllBut(staged.keySet());
    } finally {
      discard();
    }
    return replaced;
  }

  private void discard() throws IOException {
    var abandoned = staged;
    staged = Map.of();
    for (var temporary : abandoned.values()) {
      Files.deleteIfExists(temporary);
    }
  }

  private static byte[] bytes(IssueAnswer.File file) throws IOException {
    var content = file.content().reveal();
    return switch (file.form()) {
      case Text -> content.getBytes(StandardCharsets.UTF_8);
      case Base64 -> Base64.getDecoder().decode(content);
      case KeyFirst, KeyStore, StorePassword ->
          throw new IOException("the file '" + file.path() + "' lacks the private key");
    };
  }

  private Path target(String path) throws IOException {
    if (path.isEmpty() || path.indexOf('\0') >= 0) {
      throw new IOException("a file has no usable path");
    }
    for (var segment : path.split("/", -1)) {
      if (segment.isEmpty()
          || segment.equals(".")
          || segment.equals("..")
          || segment.startsWith(UNFINISHED)) {
        throw new IOException("the path '" + path + "' leads out of the folder");
      }
    }
    return folder.resolve(path);
  }

  private void makeFolders(Path target) throws IOException {
    var step = folder;
    for (var name : folder.relativize(target.getParent())) {
      step = step.resolve(name);
      if (name.toString().isEmpty() || Files.isDirectory(step, LinkOption.NOFOLLOW_LINKS)) {
        continue;
      }
      // No chmod afterwards: it would clear the group bit that a new folder inherits.
      Files.createDirectory(step, PosixFilePermissions.asFileAttribute(folderMode()));
    }
  }

  /** Who may read the files may pass through their folder. */
  private Set<PosixFilePermission> folderMode() {
    var folderMode = EnumSet.copyOf(mode);
    folderMode.add(PosixFilePermission.OWNER_WRITE);
    folderMode.add(PosixFilePermission.OWNER_EXECUTE);
    if (mode.contains(PosixFilePermission.GROUP_READ)) {
      folderMode.add(PosixFilePermission.GROUP_EXECUTE);
    }
    if (mode.contains(PosixFilePermission.OTHERS_READ)) {
      folderMode.add(PosixFilePermission.OTHERS_EXECUTE);
    }
    return folderMode;
  }

  private void write(Path temporary, IssueAnswer.File file) throws IOException {
    // Left behind by an agent that was killed.
    Files.deleteIfExists(temporary);
    Files.createFile(temporary, PosixFilePermissions.asFileAttribute(WHILE_WRITING));
    Files.write(temporary, bytes(file), StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
    Files.setPosixFilePermissions(temporary, modeOf(file));
  }

  private Set<PosixFilePermission> modeOf(IssueAnswer.File file) throws IOException {
    var asked = file.mode();
    if (asked == null) {
      return mode;
    }
    if (!asked.matches("0[46][04][04]")) {
      throw new IOException("the file '%s' has no usable mode".formatted(file.path()));
    }
    var permissions = new StringBuilder();
    for (var digit : asked.substring(1).toCharArray()) {
      permissions.append(digit == '6' ? "rw-" : digit == '4' ? "r--" : "---");
    }
    return PosixFilePermissions.fromString(permissions.toString());
  }

  /**
   * What comes with a credential beside its own files, in folders that start with a dot, is pointed
   * to by those who still use the credential before: it stays for one swap more.
   */
  private void removeAllBut(Set<Path> targets) throws IOException {
    var kept = new HashSet<Path>();
    for (var before : dropped) {
      if (targets.contains(before)) {
        continue;
      }
      if (isOurs(before) && !lingering.contains(before)) {
        kept.add(before);
      } else {
        Files.deleteIfExists(before);
      }
    }
    lingering = Set.copyOf(kept);
    kept.addAll(targets);
    dropped = Set.copyOf(kept);
  }

  private boolean isOurs(Path file) {
    return folder.relativize(file).toString().startsWith(".");
  }
}
