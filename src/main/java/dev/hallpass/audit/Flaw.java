package dev.hallpass.audit;

/**
 * Something that is wrong with a trail.
 *
 * @param fault what kind of thing
 * @param file where; empty for what is in no file
 * @param line of the file, from 1; for what is missing at the end, the last line there is
 * @param writer whose record; empty where that cannot be read
 * @param sequence the record's number in its chain; -1 where that cannot be read
 * @param message what is wrong, for a person
 */
public record Flaw(
    Fault fault, String file, long line, String writer, long sequence, String message) {

  /** Kinds of things that can be wrong. */
  public enum Fault {
    /** There is no record at all, so that nothing is proven. */
    Empty,
    /** The line is no record. */
    Unreadable,
    /** The record is not what it was when it was written. */
    Changed,
    /** Records before this one are not there. */
    Missing,
    /** Records after this one are not there. */
    Cut,
    /** The record stands after a later one. */
    OutOfOrder,
    /** The record is there already. */
    Duplicate,
    /** There is another record of that number. */
    Forked,
    /** A checkpoint should be here, and is not. */
    Unsigned,
    /** The checkpoint is not signed by a trusted key, or is about something else. */
    BadCheckpoint,
    /** The record follows the end of its chain. */
    AfterEnd
  }

  @Override
  public String toString() {
    var where = file.isEmpty() ? "" : "%s:%d: ".formatted(file, line);
    var what = sequence < 0 ? "" : ", record " + sequence;
    var whose = writer.isEmpty() ? "" : " of " + writer;
    return "%s%s%s%s: %s".formatted(where, fault, what, whose, message);
  }
}
