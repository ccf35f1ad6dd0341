package dev.hallpass.audit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A line for each record in files of one chain, forced to the disk before it returns. A file that
 * has grown to its size is followed by the next; none is ever changed again or deleted.
 *
 * <p>What was written only in part is cut off before it is written again, so that a record is in
 * the files once.
 */
final class FileSink implements Sink {
  private final Path folder;
  private final String prefix;
  private final long size;
  private @Nullable FileChannel file;
  private int number;
  private long whole;

  /**
   * Writes into this folder, which must exist.
   *
   * @param prefix of the files' names, which no other chain has
   * @param size in bytes, from which on a file is followed by the next
   */
  FileSink(Path folder, String prefix, long size) {
    this.folder = folder;
    this.prefix = prefix;
    this.size = size;
  }

  /** Of the files of a process that starts now. */
  static String prefix(String writer) {
    return writer + "-" + UUID.randomUUID().toString().substring(0, 8);
  }

  @Override
  public String name() {
    return "file";
  }

  @Override
  public void write(List<Line> lines) throws IOException {
    var text = new ByteArrayOutputStream();
    for (var line : lines) {
      text.write(line.bytes());
    }
    var open = current();
    try {
      for (var rest = ByteBuffer.wrap(text.toByteArray()); rest.hasRemaining(); ) {
        open.write(rest);
      }
      open.force(false);
    } catch (IOException e) {
      discard(open, e);
      throw e;
    }
    whole = open.position();
  }

  private FileChannel current() throws IOException {
    var open = file;
    if (open != null && open.isOpen() && whole < size) {
      // What a failed write left behind, where it could not be cut off at once.
      if (open.size() > whole) {
        open.truncate(whole);
      }
      return open.position(whole);
    }
    if (open != null && whole < size) {
      file = FileChannel.open(path(number), StandardOpenOption.WRITE);
      return current();
    }
    if (open != null) {
      open.close();
    }
    var next =
        FileChannel.open(
            path(number + 1),
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r-----")));
    number++;
    whole = 0;
    file = next;
    return next;
  }

  private void discard(FileChannel open, IOException cause) {
    try {
      open.truncate(whole);
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
  }

  private Path path(int of) {
    return folder.resolve("%s-%04d.jsonl".formatted(prefix, of));
  }

  @Override
  public void close() throws IOException {
    if (file != null) {
      file.close();
    }
  }
}
