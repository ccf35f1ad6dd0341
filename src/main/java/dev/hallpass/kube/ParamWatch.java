package dev.hallpass.kube;

import dev.hallpass.kube.ParamReader.Served;
import dev.hallpass.kube.ParamReader.Unserved;
import dev.hallpass.kube.ParamState.Unreadable;
import dev.hallpass.wire.Reason;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * One object that policies take parameters from, as last seen, and that object alone. Its CRD, the
 * permission to read it and the object itself may come and go at any time, in any order.
 */
final class ParamWatch implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(ParamWatch.class);

  /** As long as it cannot be read. */
  private static final Duration RETRY = Duration.ofSeconds(2);

  /**
   * A watch outlives the permission that it was opened with, and may be silent, so the object is
   * asked after. One that does not open is not tried more often.
   */
  private static final Duration CHECK = Duration.ofSeconds(10);

  /** What was read is seen by its watch within this time, if that is not silent. */
  private static final Duration LAG = Duration.ofSeconds(1);

  private static final Duration SYNC = Duration.ofSeconds(10);

  private final ParamObject object;
  private final ParamReader reader;
  private final Consumer<ParamObject> changed;
  private final Thread thread;
  private final CountDownLatch looked = new CountDownLatch(1);
  private @Nullable SharedIndexInformer<GenericKubernetesResource> informer;
  private ParamState state;
  private volatile boolean closed;

  private ParamWatch(ParamObject object, ParamReader reader, Consumer<ParamObject> changed) {
    this.object = object;
    this.reader = reader;
    this.changed = changed;
    this.state = object.unread();
    this.thread = Thread.ofVirtual().name("params " + object).unstarted(this::run);
  }

  /**
   * Starts to look for it, and returns at once.
   *
   * @param changed told whenever another state is known
   */
  static ParamWatch open(ParamObject object, ParamReader reader, Consumer<ParamObject> changed) {
    var watch = new ParamWatch(object, reader, changed);
    watch.thread.start();
    return watch;
  }

  synchronized ParamState state() {
    return state;
  }

  /** The same, where a change of it would be seen as it happens; else that it is unread. */
  synchronized ParamState currentState() {
    return state instanceof Unreadable || (informer != null && informer.isWatching())
        ? state
        : object.unread("its watch is down");
  }

  /** Returns once it was looked for, found or not, or after that time. */
  void awaitFirst(Duration atMost) throws InterruptedException {
    var _ = looked.await(atMost.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void run() {
    try {
      while (!closed) {
        var next = turn();
        looked.countDown();
        Thread.sleep(next);
      }
    } catch (InterruptedException toldToClose) {
      // It ends as it does where it sees so itself.
    } finally {
      looked.countDown();
      unfollow();
    }
  }

  /** How long until the next. */
  private Duration turn() throws InterruptedException {
    try {
      return perform();
    } catch (RuntimeException e) {
      LOG.errorf(e, "%s could not be looked at; it is tried again in %s", object, RETRY);
      return RETRY;
    }
  }

  private Duration perform() throws InterruptedException {
    var before = state();
    var now = reader.read(object);
    if (now instanceof Unreadable why) {
      // An API server that is away says nothing about the object: what was seen stays.
      if (why.reason() != Reason.ParamsUnread || !isFollowed()) {
        unfollow();
        become(why);
      }
      return RETRY;
    }
    if (!isFollowed() || isSilent(before, now)) {
      follow();
    }
    return CHECK;
  }

  /** Whether something else is there than was seen, and nothing is seen of it. */
  private boolean isSilent(ParamState before, ParamState now) throws InterruptedException {
    if (now.equals(before)) {
      return false;
    }
    Thread.sleep(LAG);
    return state().equals(before);
  }

  private synchronized boolean isFollowed() {
    return informer != null && informer.isRunning();
  }

  private void follow() throws InterruptedException {
    try {
      switch (reader.place(object)) {
        case Unserved(var why) -> become(why);
        case Served served -> follow(served);
      }
    } catch (KubernetesClientException e) {
      become(ParamReader.refused(object, object.kind(), e));
    }
  }

  private void follow(Served served) throws InterruptedException {
    unfollow();
    var opened =
        served
            .alone()
            .runnableInformer(0)
            .itemStore(Trim.storing(Trim::whole))
            .addEventHandler(new AnyChange<>(this::look));
    // Once it has begun, it comes back by itself, unless a turn finds that it may not.
    opened.exceptionHandler((started, cause) -> started);
    try {
      opened.start().toCompletableFuture().get(SYNC.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      opened.stop();
      become(
          e.getCause() instanceof KubernetesClientException refusal
              ? ParamReader.refused(object, served.plural(), refusal)
              : object.unread("its watch failed"));
      return;
    } catch (TimeoutException e) {
      opened.stop();
      become(object.unread("its watch does not open"));
      return;
    } catch (InterruptedException e) {
      opened.stop();
      throw e;
    }
    synchronized (this) {
      informer = opened;
    }
    look();
  }

  private void look() {
    boolean news;
    synchronized (this) {
      news = informer != null && becomes(ParamReader.state(object, informer.getStore().list()));
    }
    tell(news);
  }

  private void become(ParamState now) {
    tell(becomes(now));
  }

  private synchronized boolean becomes(ParamState now) {
    var news = !now.equals(state);
    state = now;
    return news;
  }

  /** Without the lock: who is told may ask. */
  private void tell(boolean news) {
    if (news) {
      changed.accept(object);
    }
  }

  private synchronized void unfollow() {
    if (informer != null) {
      informer.stop();
      informer = null;
    }
  }

  @Override
  public void close() {
    closed = true;
    thread.interrupt();
  }
}
