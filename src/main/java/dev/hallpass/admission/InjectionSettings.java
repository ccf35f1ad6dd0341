package dev.hallpass.admission;

import java.util.Map;

/**
 * What every injected pod gets alike.
 *
 * @param image the agent's image
 * @param pullPolicy its pull policy, e.g. {@code IfNotPresent}
 * @param brokerUrl where agents reach the broker, e.g. {@code
 *     https://hallpass-broker.hallpass-system.svc:8443}
 * @param readyPort the port of the agent's readiness, 7470 unless a cluster needs another
 * @param requests resources the agent requests, in canonical quantities
 * @param limits resources it is limited to, in canonical quantities
 * @param systemNamespace Hallpass's own namespace, whose pods are never touched
 */
public record InjectionSettings(
    String image,
    String pullPolicy,
    String brokerUrl,
    int readyPort,
    Map<String, String> requests,
    Map<String, String> limits,
    String systemNamespace) {
  public static final int DEFAULT_READY_PORT = 7470;
  public static final Map<String, String> DEFAULT_REQUESTS = Map.of("cpu", "5m", "memory", "40Mi");
  public static final Map<String, String> DEFAULT_LIMITS = Map.of("memory", "96Mi");
}
