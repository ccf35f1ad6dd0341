package dev.hallpass.wire;

/**
 * {@code POST /v1/leases/acknowledge} and {@code POST /v1/leases/renew}.
 *
 * @param lease name of the lease
 * @param epoch the epoch the agent holds
 */
public record LeaseCall(String lease, long epoch) {}
