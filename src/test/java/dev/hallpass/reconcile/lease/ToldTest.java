package dev.hallpass.reconcile.lease;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hallpass.api.v1alpha1.CredentialPolicy;
import dev.hallpass.kube.ParamState;
import dev.hallpass.kube.ParamState.Found;
import dev.hallpass.kube.ParamState.Missing;
import dev.hallpass.kube.ParamState.Unreadable;
import dev.hallpass.policy.Denial;
import dev.hallpass.policy.Denial.Ground;
import dev.hallpass.reconcile.lease.Looked.Edition;
import dev.hallpass.wire.Reason;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What of a policy, and of what it reads, counts as another word. */
class ToldTest {
  private static final String OBJECT =
      """
      {paramKind: {apiVersion: change.example.com/v1, kind: Window}, paramRef: {name: a}}""";
  private static final ParamState UNREAD = new Unreadable(Reason.ParamsUnread, "not yet");
  private static final ParamState FORBIDDEN = new Unreadable(Reason.ParamsForbidden, "no");
  private static final ParamState MISSING = new Missing("not there");

  private static CredentialPolicy policy(String uid, long generation, String params) {
    return Serialization.unmarshal(
        """
        apiVersion: hallpass.dev/v1alpha1
        kind: CredentialPolicy
        metadata: {name: hours, uid: %s, generation: %d}
        spec:
          params: %s
          validations: [{expression: 'true'}]
        """
            .formatted(uid, generation, params),
        CredentialPolicy.class);
  }

  private static Told told(String uid, long generation) {
    return Told.of(policy(uid, generation, "null"), null, named -> MISSING);
  }

  private static Told reads(ParamState state, @Nullable Told before) {
    return Told.of(policy("u", 1, OBJECT), before, named -> state);
  }

  private static Found window(String open, String status, int version) {
    return new Found(
        Map.of(
            "metadata",
            Map.of("generation", version),
            "spec",
            Map.of("open", open),
            "status",
            status));
  }

  @Test
  void anotherEditionIsAnotherWord() {
    assertThat(told("u", 1).differs(told("u", 1))).isFalse();
    assertThat(told("u", 2).differs(told("u", 1))).isTrue();
    assertThat(told("v", 1).differs(told("u", 1))).isTrue();
  }

  @Test
  void theStatusOfAnObjectIsLookedAtButIsNoOtherWord() {
    var before = reads(window("yes", "beats", 1), null);
    var after = reads(window("yes", "beats on", 2), before);

    assertThat(after).isNotEqualTo(before);
    assertThat(after.differs(before)).isFalse();
    assertThat(reads(window("no", "beats", 3), after).differs(after)).isTrue();
  }

  @Test
  void allThatAConfigMapHoldsIsItsWord() {
    var named = policy("u", 1, "{configMap: changes}");
    var before = Told.of(named, null, n -> new Found(Map.of("status", "open")));

    assertThat(Told.of(named, before, n -> new Found(Map.of("status", "shut"))).differs(before))
        .isTrue();
  }

  @Test
  void whatCannotBeReadForAWhileSaysWhatItSaid() {
    var before = reads(window("yes", "", 1), null);

    for (var away : new ParamState[] {UNREAD, FORBIDDEN, MISSING}) {
      var meanwhile = reads(away, before);
      assertThat(meanwhile.differs(before)).isFalse();
      assertThat(reads(window("yes", "", 1), meanwhile).differs(meanwhile)).isFalse();
      assertThat(reads(window("no", "", 1), meanwhile).differs(meanwhile)).isTrue();
    }
  }

  @Test
  void whatComesAnewIsAWordButNotWhatAControllerReadsForTheFirstTime() {
    assertThat(reads(window("yes", "", 1), reads(MISSING, null)).differs(reads(MISSING, null)))
        .isTrue();
    assertThat(reads(window("yes", "", 1), reads(UNREAD, null)).differs(reads(UNREAD, null)))
        .isFalse();
  }

  @Test
  void aDenialIsNewsWhereItsPolicyIsOrSomebodySpoke() {
    var none = Looked.NOTHING;
    var looked = new Looked(Map.of("hours", told("u", 1)), Set.of(), Set.of());
    var spoken = new Looked(looked.policies(), Set.of(), Set.of(new Edition("a", 1, Map.of())));

    assertThat(looked.isNews(denial("hours", Ground.Rule), none)).isTrue();
    assertThat(looked.isNews(denial("hours", Ground.Rule), looked)).isFalse();
    assertThat(looked.isNews(denial("another", Ground.Rule), looked)).isTrue();
    assertThat(spoken.isNews(denial("hours", Ground.Silence), looked)).isFalse();
    assertThat(spoken.isNews(denial("hours", Ground.Refusal), looked)).isTrue();
    assertThat(spoken.isNews(denial("hours", Ground.Refusal), spoken)).isFalse();
  }

  private static Denial denial(String policy, Ground ground) {
    return new Denial(policy, 1, ground, "Late", "it is late");
  }
}
