package dev.hallpass.audit;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Takes records, or fails, as it is told. */
class SwitchedSink implements Sink {
  final List<Line> taken = new CopyOnWriteArrayList<>();
  volatile boolean failing;

  @Override
  public String name() {
    return "switched";
  }

  @Override
  public void write(List<Line> lines) throws IOException {
    if (failing) {
      throw new IOException("switched off");
    }
    taken.addAll(lines);
  }

  @Override
  public void close() {
    failing = true;
  }

  List<String> kinds() {
    return taken.stream().map(l -> (String) l.event().get("type")).toList();
  }
}
