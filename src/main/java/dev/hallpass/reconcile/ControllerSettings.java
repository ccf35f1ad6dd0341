package dev.hallpass.reconcile;

import dev.hallpass.lease.LeaseTimes;
import dev.hallpass.notification.Receiver;
import dev.hallpass.policy.PolicyDecider;
import dev.hallpass.reconcile.provider.ProviderTimes;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a controller process needs to know.
 *
 * @param installation eight hex digits that tell this Hallpass from others at the same target
 * @param namespace Hallpass's own namespace
 * @param identity this process, among those that could lead
 * @param leases how long leases may wait for what
 * @param providers how often targets are looked at
 * @param unmatched what holds where no policy matches
 * @param longestBreakGlass what a break-glass may last
 * @param leadership how leadership passes on
 * @param receiver who is told of what people should hear of; null where nobody is
 */
public record ControllerSettings(
    String installation,
    String namespace,
    String identity,
    LeaseTimes leases,
    ProviderTimes providers,
    PolicyDecider.Unmatched unmatched,
    Duration longestBreakGlass,
    LeadershipTimes leadership,
    @Nullable Receiver receiver) {}
