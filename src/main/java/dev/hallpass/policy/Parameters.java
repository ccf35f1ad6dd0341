package dev.hallpass.policy;

import dev.hallpass.api.v1alpha1.CredentialPolicySpec.Params;
import dev.hallpass.kube.ParamObject;
import dev.hallpass.kube.ParamState;

/**
 * What the expressions of a policy saw as {@code params}.
 *
 * @param object where it is from, e.g. {@code ConfigMap windows} or {@code Window a in namespace
 *     shop}
 * @param state what was known of it
 */
public record Parameters(String object, ParamState state) {

  static Parameters of(Params named, ParamState known) {
    return new Parameters(
        ParamObject.of(named)
            .map(ParamObject::toString)
            .orElseGet(() -> "ConfigMap " + named.configMap()),
        known);
  }
}
