package dev.hallpass.broker;

import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.util.Optional;

/** The response of a call that somebody still waits for. */
public final class OpenResponse {
  private OpenResponse() {}

  /**
   * Of a call that was broken off, or answered already, there is none: to write to it would fail,
   * and each failure fills the log with its stack.
   */
  public static Optional<HttpServerResponse> of(RoutingContext context) {
    return Optional.of(context.response()).filter(r -> !r.closed() && !r.headWritten());
  }
}
