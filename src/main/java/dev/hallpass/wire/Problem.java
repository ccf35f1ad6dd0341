package dev.hallpass.wire;

/**
 * Why a call failed: an {@code application/problem+json} body (RFC 9457) with the members {@code
 * status}, {@code title}, {@code detail} and {@code reason}.
 *
 * @param status the HTTP status
 * @param reason the code
 * @param detail a sentence for people, without secrets
 */
public record Problem(int status, Reason reason, String detail) {}
