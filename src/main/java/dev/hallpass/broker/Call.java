package dev.hallpass.broker;

import dev.hallpass.audit.Trace;
import dev.hallpass.wire.Secret;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/**
 * One call of an agent.
 *
 * @param token what its Authorization header bears; null where there is none
 * @param address where its connection comes from
 * @param body its JSON
 * @param trace the one it carries, or a fresh one
 */
record Call(@Nullable Secret token, String address, Buffer body, Trace trace) {}
