package dev.hallpass.audit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;

/** A line for each record on a stream, e.g. standard output, which the node keeps. */
final class StreamSink implements Sink {
  private final PrintStream stream;

  StreamSink(PrintStream stream) {
    this.stream = stream;
  }

  @Override
  public String name() {
    return "stdout";
  }

  /** At once, so that nobody else's line comes between. */
  @Override
  public void write(List<Line> lines) throws IOException {
    var text = new ByteArrayOutputStream();
    for (var line : lines) {
      text.write(line.bytes());
    }
    stream.write(text.toByteArray());
    if (stream.checkError()) {
      throw new IOException("the stream takes nothing any more");
    }
  }

  @Override
  public void close() {
    stream.flush();
  }
}
