package dev.hallpass.cli;

import java.io.BufferedReader;
import java.io.PrintWriter;
import java.io.Reader;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What a command line came to. */
record Run(int code, String out, String err) {

  /** As a script would run it. */
  static Run of(Cluster cluster, String... arguments) {
    return of(cluster, null, arguments);
  }

  /** As a person would who gives this answer. */
  static Run answering(Cluster cluster, String answer, String... arguments) {
    return of(cluster, answer, arguments);
  }

  /** As a person would who gives this answer after a while. */
  static Run answering(Cluster cluster, Supplier<String> answer, String... arguments) {
    return of(
        (Cluster.Connector) options -> in(cluster, options),
        new BufferedReader(Reader.nullReader()) {
          @Override
          public String readLine() {
            return answer.get();
          }
        },
        arguments);
  }

  /** As the user of this kubeconfig would, or whom they act as. */
  static Run by(Path kubeconfig, String... arguments) {
    var all = Stream.concat(Stream.of(arguments), Stream.of("--kubeconfig", kubeconfig.toString()));
    return of(new KubeconfigConnector(), null, all.toArray(String[]::new));
  }

  /** As a script would run it that reads what is printed as it comes. */
  static Run showing(StringWriter out, Cluster cluster, String... arguments) {
    return of((Cluster.Connector) options -> in(cluster, options), null, out, arguments);
  }

  private static Run of(Cluster cluster, @Nullable String answer, String... arguments) {
    return of(
        (Cluster.Connector) options -> in(cluster, options),
        answer == null ? null : new BufferedReader(new StringReader(answer)),
        arguments);
  }

  private static Run of(
      Cluster.Connector connector, @Nullable BufferedReader in, String... arguments) {
    return of(connector, in, new StringWriter(), arguments);
  }

  private static Run of(
      Cluster.Connector connector,
      @Nullable BufferedReader in,
      StringWriter out,
      String... arguments) {
    var err = new StringWriter();
    var surface =
        new Surface(
            new PrintWriter(out, true),
            new PrintWriter(err, true),
            in,
            Paint.NONE,
            Clock.systemUTC());
    var code = Plugin.line(surface, connector, arguments).execute(arguments);
    return new Run(code, out.toString(), err.toString());
  }

  private static Cluster in(Cluster cluster, ClusterOptions options) {
    return options.namespace == null ? cluster : new Cluster(cluster.client(), options.namespace);
  }
}
