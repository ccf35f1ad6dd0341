package dev.hallpass.cli;

import dev.hallpass.audit.AuditStore;
import dev.hallpass.audit.Flaw;
import dev.hallpass.audit.Flaw.Fault;
import dev.hallpass.audit.Report;
import dev.hallpass.audit.Trust;
import dev.hallpass.audit.Verifier;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(name = "audit", description = "Read audit trails.")
final class AuditCommand implements Runnable {
  @Spec CommandSpec spec = CommandSpec.create();

  private AuditCommand() {}

  /** It and its commands. */
  static CommandLine line(Surface surface, Cluster.Connector connector) {
    return new CommandLine(new AuditCommand())
        .addSubcommand(new VerifyCommand(surface, connector))
        .addSubcommand(new LifeCommand(surface));
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "name a command: verify or explain");
  }

  @Command(
      name = "verify",
      description = {
        "Proves that files hold whole trails, or names the first bad record.",
        "Keys and newest checkpoints are read from Hallpass's namespace, unless --key is given."
      })
  static final class VerifyCommand implements Callable<Integer> {
    private final Surface surface;
    private final Cluster.Connector connector;

    @Mixin ClusterOptions where = new ClusterOptions();
    @Mixin SystemOptions system = new SystemOptions();
    @Mixin OutputOptions output = new OutputOptions();

    @Parameters(arity = "1..*", paramLabel = "FILE", description = "Files of the trail.")
    List<Path> files = new ArrayList<>();

    @Option(
        names = "--key",
        paramLabel = "FILE",
        description = {
          "A file with an Ed25519 public key that is trusted, in PEM (BEGIN PUBLIC KEY) or as it is in",
          "the ConfigMap hallpass-audit-keys; several times. The cluster is not asked then,",
          "and what was cut off after the last checkpoint of the files is not noticed."
        })
    List<Path> keys = new ArrayList<>();

    @Option(
        names = "--some",
        description = "The files are some of those there are: chains may be missing altogether.")
    boolean some;

    VerifyCommand(Surface surface, Cluster.Connector connector) {
      this.surface = surface;
      this.connector = connector;
    }

    @Override
    public Integer call() {
      var report = verify(keys.isEmpty() ? ofCluster() : ofFiles());
      if (output.forPeople()) {
        var page = surface.page();
        write(report, page);
        surface.print(page);
      } else {
        surface.print(output.written(report));
      }
      return (report.whole() ? ExitCode.OK : ExitCode.FINDING).code();
    }

    private Report verify(Trust trust) {
      try {
        return Verifier.verify(
            files, trust, some ? Verifier.Scope.TheseChains : Verifier.Scope.AllChains);
      } catch (IOException e) {
        throw new Failure(ExitCode.USAGE, "cannot be read: " + e.getMessage());
      }
    }

    private Trust ofCluster() {
      var client = connector.connect(where).client();
      return Trust.of(data(client, AuditStore.TRUSTED_KEYS), data(client, AuditStore.HEADS));
    }

    private Map<String, String> data(KubernetesClient client, String name) {
      var map = client.configMaps().inNamespace(system.namespace).withName(name).get();
      if (map == null) {
        throw new Failure(
            ExitCode.ABSENT,
            "there is no ConfigMap %s in namespace %s; give the keys by --key"
                .formatted(name, system.namespace));
      }
      return map.getData() == null ? Map.of() : map.getData();
    }

    private Trust ofFiles() {
      var texts = new LinkedHashMap<String, String>();
      for (var key : keys) {
        texts.put(key.toString(), text(key));
      }
      try {
        return Trust.of(texts, Map.of());
      } catch (IllegalArgumentException e) {
        throw new Failure(ExitCode.USAGE, "--key: " + e.getMessage());
      }
    }

    private static String text(Path file) {
      try {
        return Files.readString(file);
      } catch (IOException e) {
        throw new Failure(ExitCode.USAGE, "%s cannot be read".formatted(file));
      }
    }

    private static void write(Report report, Page page) {
      var table = Table.headed(List.of("WRITER", "CHAIN", "RECORDS", "VOUCHED", "END"));
      report
          .chains()
          .forEach(
              c ->
                  table.row(
                      List.of(
                          Cell.of(c.writer()),
                          Cell.of(c.chain()),
                          Cell.of(c.records()),
                          Cell.of(c.vouched()),
                          Cell.of(c.closed() ? "closed" : "open"))));
      page.table("", table).line("");
      if (report.whole()) {
        page.line(Tone.GOOD, "✓ nothing was changed, dropped or reordered");
      }
      report.flaws().stream()
          .filter(f -> !unheldChain(f))
          .forEach(f -> page.line(page.in(Tone.BAD, "✗ ") + f));
      report.flaws().stream()
          .filter(VerifyCommand::unheldChain)
          .findFirst()
          .ifPresent(f -> unheld(report, f, page));
      if (report.flaws().stream().anyMatch(f -> f.fault() == Fault.Cut)) {
        page.line("  where it was written to while you copied it: fetch it again");
      }
    }

    private static boolean unheldChain(Flaw flaw) {
      return flaw.fault() == Fault.Missing && flaw.file().isEmpty();
    }

    private static void unheld(Report report, Flaw first, Page page) {
      var chains = report.flaws().stream().filter(VerifyCommand::unheldChain).count();
      page.line(
              "%s%s"
                  .formatted(
                      page.in(Tone.BAD, "✗ "),
                      chains == 1
                          ? first
                          : "%d chains are in no file; first: %s".formatted(chains, first)))
          .line("  give the files of all chains, or --some where you have but some of them");
    }
  }

  @Command(
      name = "explain",
      description = {
        "Prints the life of one lease as a timeline, from the files of a trail.",
        "Where several leases had the name, one after another, it prints each as a life of its own.",
        "It trusts the files: verify them first."
      })
  static final class LifeCommand implements Callable<Integer> {
    private final Surface surface;

    @Parameters(index = "0", paramLabel = "LEASE", description = "The lease: NAME or clease/NAME.")
    String lease = "";

    @Parameters(
        index = "1..*",
        arity = "1..*",
        paramLabel = "FILE",
        description = "Files of the trail.")
    List<Path> files = new ArrayList<>();

    @Option(
        names = {"-n", "--namespace"},
        paramLabel = "NAMESPACE",
        description = "The lease's namespace, where the name is not enough.")
    @Nullable String namespace;

    @Option(
        names = "--uid",
        paramLabel = "UID",
        description = "The lease's UID, where several had its name.")
    @Nullable String uid;

    LifeCommand(Surface surface) {
      this.surface = surface;
    }

    @Override
    public Integer call() {
      var name = lease.contains("/") ? Named.parse(lease, Named.Kind.LEASE).name() : lease;
      var lives = LeaseLife.read(files, name, namespace, uid);
      if (lives.isEmpty()) {
        throw new Failure(
            ExitCode.ABSENT,
            "these files have no record of lease %s%s"
                .formatted(name, uid == null ? "" : " with the UID " + uid));
      }
      var page = surface.page();
      lives.getFirst().write(page);
      lives.stream().skip(1).forEach(life -> life.write(page.line("")));
      surface.print(page);
      return ExitCode.OK.code();
    }
  }
}
