package dev.hallpass.audit;

import java.io.IOException;
import java.util.List;

/** Where records go. Called by one thread at a time. */
interface Sink extends AutoCloseable {

  /** Names it in logs and metrics. */
  String name();

  /**
   * Takes records, in their order. When it returns they outlive this process.
   *
   * @throws IOException where they may not have been taken; the same are offered again
   */
  void write(List<Line> lines) throws IOException;

  @Override
  void close() throws IOException;
}
