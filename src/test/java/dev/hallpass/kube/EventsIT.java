package dev.hallpass.kube;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.hallpass.testing.KubeApi;
import dev.hallpass.wire.Reason;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(KubeApi.class)
class EventsIT {
  private static final Duration SOON = Duration.ofSeconds(60);

  private final Logger log = Logger.getLogger(Events.class.getName());
  private final Level level = log.getLevel();
  private final List<LogRecord> logged = new CopyOnWriteArrayList<>();
  private final Handler handler =
      new Handler() {
        @Override
        public void publish(LogRecord line) {
          logged.add(line);
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  private KubernetesClient client;
  private Events events;

  @BeforeEach
  void listen(KubeApi api) {
    client = api.client();
    events = new Events(client, Clock.systemUTC());
    log.setLevel(Level.ALL);
    log.addHandler(handler);
  }

  @AfterEach
  void silence() {
    log.removeHandler(handler);
    log.setLevel(level);
    events.close();
  }

  @Test
  void theSameOutcomeIsOneEvent(KubeApi api) {
    var pod = pod(api.namespace());

    events.say(pod, Events.Type.Warning, Reason.NotSelected, "said twice");
    events.say(pod, Events.Type.Warning, Reason.NotSelected, "said twice");
    events.say(pod, Events.Type.Normal, Reason.Issued, "said last");

    await().atMost(SOON).until(() -> events(api.namespace()).size() == 2);
    assertThat(events(api.namespace()))
        .extracting(Event::getReason)
        .containsExactlyInAnyOrder("NotSelected", "Issued");
    assertThat(logged).isEmpty();
  }

  @Test
  void anEventThatANamespaceWhichEndsDoesNotTakeWarnsNobody(KubeApi api) {
    var ending = api.namespace() + "-ending";
    client
        .resource(new NamespaceBuilder().withNewMetadata().withName(ending).endMetadata().build())
        .create();
    client.namespaces().withName(ending).delete();

    events.say(pod(ending), Events.Type.Normal, Reason.Revoked, "gone with its namespace");

    await().atMost(SOON).until(() -> !logged.isEmpty());
    assertThat(logged)
        .allSatisfy(l -> assertThat(l.getLevel().intValue()).isLessThan(Level.INFO.intValue()));
  }

  private List<Event> events(String namespace) {
    return client.v1().events().inNamespace(namespace).list().getItems();
  }

  private static ObjectReference pod(String namespace) {
    return new ObjectReferenceBuilder()
        .withApiVersion("v1")
        .withKind("Pod")
        .withNamespace(namespace)
        .withName("orders-1")
        .withUid("6b7a1c5e-0000-4000-8000-000000000002")
        .build();
  }
}
