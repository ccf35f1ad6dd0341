/**
 * The audit trail: what happened, as chained and signed records that leave the process before what
 * they tell of has an effect.
 *
 * <p>{@link dev.hallpass.audit.AuditEvent} is what can be said, {@link dev.hallpass.audit.AuditLog}
 * how to say it. The format is that of {@code docs/audit.md}, the reasons are in {@code
 * docs/adr/0013}.
 */
@NullMarked
package dev.hallpass.audit;

import org.jspecify.annotations.NullMarked;
