package dev.hallpass.broker;

import dev.hallpass.audit.Trace;
import dev.hallpass.lease.RefusedException;
import dev.hallpass.wire.Reason;
import dev.hallpass.wire.Secret;
import io.vertx.core.buffer.Buffer;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One call of an agent.
 *
 * @param token what its Authorization header bears; null where there is none
 * @param address where its connection comes from
 * @param body its JSON
 * @param trace the one it carries, or a fresh one
 * @param abandoned whether its connection is closed by now
 */
record Call(
    @Nullable Secret token, String address, Buffer body, Trace trace, BooleanSupplier abandoned) {

  /**
   * To ask before what the agent's next call would suffer from: new material puts an end to that
   * which it may have been given meanwhile.
   *
   * @throws RefusedException where the agent waits no longer
   */
  void requireCaller() {
    if (abandoned.getAsBoolean()) {
      throw new RefusedException(Reason.CallAbandoned, "the connection of the call is closed");
    }
  }
}
