package dev.hallpass.policy;

import java.util.List;

/**
 * What gave way to a break-glass.
 *
 * @param breakGlass which one
 * @param policies the policies that would have stood in the way, by their names
 */
public record Waiver(OpenBreakGlass breakGlass, List<String> policies) {}
