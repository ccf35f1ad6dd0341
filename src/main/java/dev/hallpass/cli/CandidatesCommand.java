package dev.hallpass.cli;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Unmatched;

/** Answers the question of a shell, or of kubectl as kubectl_complete-hallpass, what may follow. */
@Command(
    name = CandidatesCommand.NAME,
    hidden = true,
    description = "What may follow these words, for the completion of shells.")
final class CandidatesCommand implements Callable<Integer> {
  static final String NAME = "__complete";

  /** A person waits for it, who can type the name instead. */
  private static final Duration PATIENCE = Duration.ofSeconds(3);

  private final Surface surface;
  private final Cluster.Connector connector;

  @Spec CommandSpec spec = CommandSpec.create();
  @Unmatched List<String> words = new ArrayList<>();

  CandidatesCommand(Surface surface, Cluster.Connector connector) {
    this.surface = surface;
    this.connector = connector;
  }

  @Override
  public Integer call() {
    var suggestions = suggestions();
    suggestions.words().forEach(w -> surface.print(w + "\n"));
    surface.print(":%d\n".formatted(suggestions.directive()));
    return ExitCode.OK.code();
  }

  /** None where the cluster does not answer, or not in time: a shell has no place for a message. */
  private Suggestions suggestions() {
    var line = TypedLine.of(spec.root(), words);
    return CompletableFuture.supplyAsync(
            () -> Candidates.of(line, () -> new LiveNames(connector.connect(line.where()))),
            task -> Thread.ofVirtual().start(task))
        .completeOnTimeout(Suggestions.of(List.of()), PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
        .exceptionally(e -> Suggestions.of(List.of()))
        .join();
  }
}
