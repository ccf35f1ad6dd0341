package dev.hallpass.wire;

import org.jspecify.annotations.Nullable;

/**
 * Why a call failed: an {@code application/problem+json} body (RFC 9457) with the members {@code
 * status}, {@code title}, {@code detail} and {@code reason}.
 *
 * @param status the HTTP status
 * @param reason the code
 * @param detail a sentence for people, without secrets
 * @param keyAlgorithm with {@code KeyRequired}: what the key must be made by; null otherwise
 */
public record Problem(int status, Reason reason, String detail, @Nullable String keyAlgorithm) {

  /** Any but {@code KeyRequired}. */
  public Problem(int status, Reason reason, String detail) {
    this(status, reason, detail, null);
  }
}
