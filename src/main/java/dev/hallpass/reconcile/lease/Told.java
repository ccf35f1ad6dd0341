package dev.hallpass.reconcile.lease;

import dev.hallpass.api.v1alpha1.CredentialPolicy;
import dev.hallpass.api.v1alpha1.CredentialPolicySpec.Params;
import dev.hallpass.kube.ParamState;
import dev.hallpass.kube.ParamState.Found;
import dev.hallpass.kube.ParamState.Missing;
import dev.hallpass.kube.ParamState.Unreadable;
import dev.hallpass.wire.Reason;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A policy that is about a lease, as a review of it saw it.
 *
 * @param params what it took its parameters from; null where it names nothing
 * @param word what was last said there, empty where nothing was ever there; null as long as that
 *     was never read
 */
record Told(
    String uid, long generation, @Nullable ParamState params, @Nullable Map<String, ?> word) {

  /**
   * As it is now.
   *
   * @param before as it was at the last review
   */
  static Told of(
      CredentialPolicy policy, @Nullable Told before, Function<Params, ParamState> find) {
    var named = policy.getSpec().params();
    var params = named == null ? null : find.apply(named);
    return new Told(
        policy.getMetadata().getUid(),
        policy.getMetadata().getGeneration(),
        params,
        named == null || params == null ? null : word(named, params, before));
  }

  /** An object that cannot be read, or is gone, takes back nothing that was said there. */
  private static @Nullable Map<String, ?> word(
      Params named, ParamState params, @Nullable Told before) {
    var last = before == null ? null : before.word();
    return switch (params) {
      case Found found when before != null && found.equals(before.params()) -> last;
      case Found(var value, var version) -> named.configMap() == null ? said(value) : value;
      case Missing missing -> last == null ? Map.of() : last;
      case Unreadable(var reason, var why) ->
          last == null && reason != Reason.ParamsUnread ? Map.of() : last;
    };
  }

  /** What people say in an object: its status comes from machines, and when these like. */
  private static Map<String, ?> said(Map<String, ?> object) {
    var said = new HashMap<String, Object>(object);
    said.keySet().removeAll(Set.of("metadata", "status"));
    return said;
  }

  /** Whether it says something else than it did. What was never read before is not known to. */
  boolean differs(Told before) {
    return !uid.equals(before.uid)
        || generation != before.generation
        || (word != null && before.word != null && !word.equals(before.word));
  }
}
