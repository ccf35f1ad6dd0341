package dev.hallpass.reconcile;

import java.time.Duration;

/**
 * What the leading controller does from time to time, beside reconciling.
 *
 * @param name for logs
 * @param every the pause between two turns
 * @param turn one turn; an exception is logged, and the next turn is taken all the same
 */
public record LeaderDuty(String name, Duration every, Runnable turn) {}
