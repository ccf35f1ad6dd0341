package dev.hallpass.bench;

import dev.hallpass.api.v1alpha1.Delivery;
import dev.hallpass.broker.BrokerScene;
import java.util.Collections;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/**
 * What is asked for under load: each is a credential that its pod does not have yet. A pod selected
 * by many requests stands for many pods, as a lease is of one pod and one request.
 */
final class Tickets {
  private static final int REQUESTS = 40;
  private static final int WORKERS = 8;

  /** The broker lets few calls of one address wait; pods have one each. */
  private static final int ADDRESSES = 16;

  private final Queue<Ticket> left = new ConcurrentLinkedQueue<>();
  private final AtomicInteger pods = new AtomicInteger();
  private final BrokerScene scene;
  private final String provider;

  /**
   * One credential to be issued.
   *
   * @param address of the pod
   * @param token of the pod
   * @param request by name
   */
  record Ticket(String address, String token, String request) {}

  /** Tickets for credentials of this provider, at this level of it, with a ttl of 15 minutes. */
  Tickets(BrokerScene scene, String provider, String access, Delivery.Format format) {
    this(scene, provider, access, "15m", format);
  }

  /** Tickets for credentials of this provider, at this level of it, with this ttl. */
  Tickets(BrokerScene scene, String provider, String access, String ttl, Delivery.Format format) {
    this.scene = scene;
    this.provider = provider;
    for (var i = 0; i < REQUESTS; i++) {
      scene.request(provider + "-" + i, provider, access, ttl, format);
    }
  }

  /** Makes at least so many, of new pods, as those that ask for the first time are. */
  void prepare(int count) {
    left.clear();
    Callable<Void> pod =
        () -> {
          var number = pods.incrementAndGet();
          var address = "127.0.0." + (1 + number % ADDRESSES);
          var name = provider + "-" + number;
          var token = scene.token(scene.pod(name, "orders", "orders", address));
          IntStream.range(0, REQUESTS)
              .forEach(i -> left.add(new Ticket(address, token, provider + "-" + i)));
          return null;
        };
    Load.inParallel(WORKERS, Collections.nCopies(Math.ceilDiv(count, REQUESTS), pod));
  }

  /** One that nobody has had. */
  Ticket next() {
    var ticket = left.poll();
    if (ticket == null) {
      throw new IllegalStateException("all tickets are used up: prepare more");
    }
    return ticket;
  }
}
