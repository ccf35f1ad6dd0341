package dev.hallpass.lease;

import dev.hallpass.audit.AuditEvent;
import dev.hallpass.audit.Digest;
import dev.hallpass.kube.ParamState;
import dev.hallpass.policy.Denial;
import dev.hallpass.policy.Parameters;
import dev.hallpass.policy.PolicyFacts;
import dev.hallpass.policy.PolicyVerdict;
import java.util.HashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a decision rests on, as the trail tells of it. */
public final class Grounds {
  private Grounds() {}

  /** Every policy that was asked, with what it was given and what it has against it. */
  public static List<AuditEvent.Consulted> policies(PolicyVerdict verdict) {
    return verdict.consulted().stream().map(Grounds::consulted).toList();
  }

  private static AuditEvent.Consulted consulted(PolicyVerdict.Consulted asked) {
    var params = asked.params();
    return new AuditEvent.Consulted(
        asked.policy(),
        asked.generation(),
        asked.enforcement().name(),
        asked.denials().stream().map(Denial::toString).toList(),
        params == null ? null : given(params));
  }

  private static AuditEvent.Given given(Parameters params) {
    return switch (params.state()) {
      case ParamState.Found(var value, var version) ->
          new AuditEvent.Given(
              params.object(),
              version == null ? null : version.uid(),
              version == null ? null : version.generation(),
              version == null ? null : version.resourceVersion(),
              Digest.of(value));
      case ParamState.Missing missing -> AuditEvent.Given.nothing(params.object());
      case ParamState.Unreadable unreadable -> AuditEvent.Given.nothing(params.object());
    };
  }

  /** SHA-256 of what all policies were shown alike, in hex. */
  public static String inputs(PolicyFacts facts) {
    var shown = new HashMap<String, @Nullable Object>();
    shown.put("pod", facts.pod());
    shown.put("namespaceObject", facts.namespaceObject());
    shown.put("serviceAccount", facts.serviceAccount());
    shown.put("request", facts.request());
    shown.put("credential", facts.credential());
    shown.put("provider", facts.provider());
    shown.put("access", facts.access());
    shown.put("ttl", facts.ttl().toString());
    shown.put("now", facts.now().toString());
    shown.put("lease", facts.lease());
    return Digest.of(shown);
  }
}
