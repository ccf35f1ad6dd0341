package dev.hallpass.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.api.v1alpha1.CredentialPolicy;
import dev.hallpass.api.v1alpha1.CredentialProvider;
import dev.hallpass.api.v1alpha1.CredentialRequest;
import dev.hallpass.audit.AuditStore;
import dev.hallpass.audit.Journal;
import dev.hallpass.audit.JournalSettings;
import dev.hallpass.audit.SinkSettings;
import dev.hallpass.provider.postgresql.PostgreSqlDriver;
import dev.hallpass.reconcile.certificates.AuditKeyKeeper;
import dev.hallpass.testing.KubeApi;
import dev.hallpass.testing.PostgresServer;
import dev.hallpass.wire.IssueAnswer;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Issues, renews and refuses with secrets that are known, and looks for them wherever something is
 * written: our logs at their finest, the trail, Events, resources, answers to others.
 */
@ExtendWith({KubeApi.class, PostgresServer.class})
class AuditCanaryIT {
  @TempDir private Path folder;

  private static final class Overheard extends Handler {
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final SimpleFormatter format = new SimpleFormatter();

    @Override
    public void publish(LogRecord line) {
      lines.add(format.format(line));
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }

  @Test
  void noSecretIsWrittenAnywhere(KubeApi kube, PostgresServer.Instance postgres)
      throws IOException {
    var logger = Logger.getLogger("dev.hallpass");
    var level = logger.getLevel();
    var overheard = new Overheard();
    overheard.setLevel(Level.ALL);
    logger.addHandler(overheard);
    logger.setLevel(Level.ALL);
    var secrets = new ArrayList<String>();
    secrets.add(BrokerScene.ADMIN_PASSWORD);
    var written = new ArrayList<String>();
    new AuditKeyKeeper(kube.client(), kube.namespace(), new SecureRandom()).reconcile();
    secrets.add(
        kube.client()
            .secrets()
            .inNamespace(kube.namespace())
            .withName(AuditStore.KEY_SECRET)
            .get()
            .getData()
            .get(AuditStore.PRIVATE));
    var driver = new PostgreSqlDriver(new SecureRandom());
    try (var scene = new BrokerScene(kube, postgres, driver);
        var trail = trail(kube)) {
      await().until(trail::works);
      scene.audit().passOnTo(trail);
      var token = scene.token(scene.pod("orders-1"));
      secrets.add(token);

      var issued = scene.issue(token);
      scene.acknowledge(token, issued);
      scene.renew(token, issued);
      var again = scene.issue(token);
      for (var answer :
          List.of(
              scene.postFrom("127.0.0.2", "/v1/credentials", token, BrokerScene.asks("db", "db")),
              scene.post("/v1/credentials", token, BrokerScene.asks("none", "db")),
              scene.post("/v1/leases/renew", token, BrokerScene.names(issued)))) {
        written.add(new String(answer.body(), StandardCharsets.UTF_8));
      }
      secrets.add(password(issued));
      secrets.add(password(again));
      written.addAll(resources(kube));
    } finally {
      driver.close();
      logger.removeHandler(overheard);
      logger.setLevel(level);
    }
    written.addAll(overheard.lines);
    var trail = Files.readString(file());
    written.add(trail);

    assertThat(trail).contains("dev.hallpass.credential.issued").contains("call.refused");
    assertThat(overheard.lines).isNotEmpty();
    assertThat(secrets).hasSize(5).doesNotHaveDuplicates();
    for (var secret : secrets) {
      assertThat(written).noneMatch(text -> text.contains(secret));
    }
  }

  private Journal trail(KubeApi kube) {
    return Journal.open(
        JournalSettings.of(BrokerScene.INSTALLATION, "broker", "canary"),
        new AuditStore(kube.client(), kube.namespace())::opening,
        new SinkSettings().files(folder, 1 << 20, SinkSettings.Need.Required),
        new SimpleMeterRegistry(),
        Clock.systemUTC());
  }

  private Path file() throws IOException {
    try (var files = Files.list(folder)) {
      return files.findFirst().orElseThrow();
    }
  }

  private static String password(IssueAnswer issued) throws IOException {
    return new ObjectMapper()
        .readTree(issued.files().getFirst().content().reveal())
        .get("password")
        .asText();
  }

  private static List<String> resources(KubeApi kube) {
    var client = kube.client();
    var in = kube.namespace();
    var found = new ArrayList<>();
    found.addAll(client.resources(CredentialLease.class).inNamespace(in).list().getItems());
    found.addAll(client.resources(CredentialRequest.class).inNamespace(in).list().getItems());
    found.addAll(client.resources(CredentialProvider.class).inNamespace(in).list().getItems());
    found.addAll(client.resources(CredentialPolicy.class).list().getItems());
    found.addAll(client.v1().events().inNamespace(in).list().getItems());
    found.addAll(client.configMaps().inNamespace(in).list().getItems());
    found.addAll(client.pods().inNamespace(in).list().getItems());
    return found.stream().map(Serialization::asYaml).toList();
  }
}
