package dev.hallpass.wire;

/**
 * {@code POST /v1/leases/acknowledge}, {@code POST /v1/leases/renew} and {@code POST
 * /v1/leases/check}, which answers with the same.
 *
 * @param lease name of the lease
 * @param epoch the epoch the agent holds
 */
public record LeaseCall(String lease, long epoch) {}
