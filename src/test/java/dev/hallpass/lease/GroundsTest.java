package dev.hallpass.lease;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hallpass.api.v1alpha1.CredentialPolicy;
import dev.hallpass.audit.AuditEvent.Consulted;
import dev.hallpass.audit.AuditEvent.Given;
import dev.hallpass.audit.Digest;
import dev.hallpass.kube.KnownParams;
import dev.hallpass.kube.ParamObject;
import dev.hallpass.kube.ParamState;
import dev.hallpass.policy.PolicyBook;
import dev.hallpass.policy.PolicyDecider;
import dev.hallpass.policy.PolicyDecider.Unmatched;
import dev.hallpass.policy.PolicyScene;
import dev.hallpass.policy.PolicyVerdict;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The same policies, at other times with other parameters: a trail tells them apart. */
class GroundsTest {
  private static final String BY_CONFIG_MAP =
      "params: {configMap: windows}\nvalidations: [{expression: \"params.open == 'yes'\", reason: Closed}]";
  private static final String BY_OBJECT =
      """
      params:
        paramKind: {apiVersion: example.com/v1, kind: Window}
        paramRef: {name: a, namespace: shop, parameterNotFoundAction: Allow}
      validations: [{expression: "params.spec.open == true", reason: Closed}]
      """;
  private static final ParamObject WINDOW =
      new ParamObject("example.com/v1", "Window", "shop", "a");

  private static PolicyVerdict verdict(String spec, KnownParams params) {
    var policy =
        Serialization.unmarshal(
            "metadata: {name: hours, uid: u, generation: 3}\nspec:\n"
                + ("enforcement: Enforce\n" + spec).indent(2),
            CredentialPolicy.class);
    return new PolicyDecider(Unmatched.Allow)
        .decide(
            new PolicyBook().of(List.of(policy), params), PolicyScene.FACTS, PolicyScene.ALLOWED);
  }

  private static Consulted consulted(String spec, KnownParams params) {
    return Grounds.policies(verdict(spec, params)).getFirst();
  }

  private static KnownParams configMap(String open) {
    var version = new ParamState.Version("c-1", null, "81");
    return new KnownParams(
        Map.of("windows", new ParamState.Found(Map.of("open", open), version)), Map.of());
  }

  private static KnownParams object(ParamState state) {
    return new KnownParams(Map.of(), Map.of(WINDOW, state));
  }

  @Test
  void whatOpenedAWindowIsTold() {
    var closed = consulted(BY_CONFIG_MAP, configMap("no"));
    var open = consulted(BY_CONFIG_MAP, configMap("yes"));

    assertThat(closed.denials()).hasSize(1);
    assertThat(open.denials()).isEmpty();
    assertThat(closed.params())
        .isEqualTo(
            new Given("ConfigMap windows", "c-1", null, "81", Digest.of(Map.of("open", "no"))));
    assertThat(open.params())
        .isEqualTo(
            new Given("ConfigMap windows", "c-1", null, "81", Digest.of(Map.of("open", "yes"))));
  }

  @Test
  void anObjectIsToldWithItsGeneration() {
    var window =
        Map.of(
            "metadata",
            Map.of("name", "a", "uid", "w-1", "generation", 7L),
            "spec",
            Map.of("open", true, "large", Long.MAX_VALUE, "share", 0.5));

    var found = new ParamState.Found(window, new ParamState.Version("w-1", 7L, "82"));
    assertThat(consulted(BY_OBJECT, object(found)).params())
        .isEqualTo(new Given("Window a in namespace shop", "w-1", 7L, "82", Digest.of(window)));
  }

  @Test
  void anObjectThatIsNotThereIsToldToo() {
    assertThat(consulted(BY_OBJECT, object(WINDOW.missing())).params())
        .isEqualTo(Given.nothing("Window a in namespace shop"));
    assertThat(consulted("limits: {maxTtl: 10m}", KnownParams.NONE).params()).isNull();
  }

  @Test
  void whatPoliciesAreShownAlikeIsOneDigest() {
    assertThat(Grounds.inputs(PolicyScene.FACTS))
        .matches("[0-9a-f]{64}")
        .isEqualTo(Grounds.inputs(PolicyScene.FACTS));
  }
}
