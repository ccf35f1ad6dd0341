package dev.hallpass.agent;

import dev.hallpass.wire.Reason;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * Tells whoever uses a credential that its files have changed, and tries again a few times where
 * nobody listens. Then it lets go: the old credential works a while longer, and readers that look
 * at the files see the new one anyway.
 */
final class Herald {
  private static final int ATTEMPTS = 6;
  private static final Duration FIRST_WAIT = Duration.ofSeconds(1);

  private final CredentialName name;
  private final List<Notification> notifications;
  private final Notifier notifier;
  private final Log log;
  private final Clock clock;
  private Instant due = Instant.MAX;
  private int failures;

  /** Tells these; where there are none, nobody. */
  Herald(
      CredentialName name,
      List<Notification> notifications,
      Notifier notifier,
      Log log,
      Clock clock) {
    this.name = name;
    this.notifications = notifications;
    this.notifier = notifier;
    this.log = log;
    this.clock = clock;
  }

  /** There is something to tell, from now on. */
  void filesChanged() {
    failures = 0;
    due = notifications.isEmpty() ? Instant.MAX : clock.instant();
  }

  /** When {@link #tell} is to be called; never, where there is nothing to tell. */
  Instant due() {
    return due;
  }

  /** Tells everybody; whoever heard it before hears it again, rather than another not at all. */
  void tell() {
    due = Instant.MAX;
    try {
      for (var notification : notifications) {
        notifier.tell(notification);
      }
    } catch (IOException e) {
      failed(e);
    }
  }

  private void failed(IOException e) {
    failures++;
    var again = failures < ATTEMPTS;
    if (failures == 1 || !again) {
      log.warn(
          "the app was not told of its new files%s: %s"
              .formatted(again ? "" : ", and is not any more", e.getMessage()),
          name,
          null,
          Reason.NotificationFailed);
    }
    if (again) {
      due = clock.instant().plus(FIRST_WAIT.multipliedBy(1L << (failures - 1)));
    }
  }
}
