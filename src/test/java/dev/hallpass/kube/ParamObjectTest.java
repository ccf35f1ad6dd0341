package dev.hallpass.kube;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hallpass.api.v1alpha1.CredentialPolicySpec.ParamKind;
import dev.hallpass.api.v1alpha1.CredentialPolicySpec.ParamRef;
import dev.hallpass.api.v1alpha1.CredentialPolicySpec.Params;
import dev.hallpass.kube.ParamState.Unreadable;
import dev.hallpass.wire.Reason;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ParamObjectTest {
  private static Params named(String apiVersion, String kind) {
    return new Params(null, new ParamKind(apiVersion, kind), new ParamRef("a", "shop", null));
  }

  @ParameterizedTest
  @CsvSource({
    "change.example.com/v1,             true",
    "change.example.com/v1beta1,        true",
    "k8s.io.example.com/v1,             true",
    "v1,                                false",
    "apps/v1,                           false",
    "batch/v1,                          false",
    "authentication.k8s.io/v1,          false",
    "k8s.io/v1,                         false",
    "hallpass.dev/v1alpha1,             false",
    "more.hallpass.dev/v1,              false",
    "nothallpass.dev/v1,                true",
    "hallpass.dev.example.com/v1,       true",
    "change.example.com/v1/namespaces,  false",
    "change.example.com/../api/v1,      false",
    "change.example.com,                false",
    "/v1,                               false",
    "'',                                false",
  })
  void isOfACustomKindOrIsNotRead(String apiVersion, boolean custom) {
    assertThat(ParamObject.of(named(apiVersion, "Secret")).isPresent()).isEqualTo(custom);
  }

  @Test
  void aSecretIsRefusedWhateverIsKnown() {
    var secret = new ParamObject("v1", "Secret", "shop", "a");
    var known =
        new KnownParams(
            Map.of(), Map.of(secret, new ParamState.Found(Map.of("data", Map.of("p", "canary")))));

    assertThat(known.of(named("v1", "Secret")))
        .isInstanceOfSatisfying(
            Unreadable.class,
            u -> {
              assertThat(u.reason()).isEqualTo(Reason.PolicyInvalid);
              assertThat(u.message())
                  .contains("such as Secret, are refused")
                  .doesNotContain("canary");
            });
  }

  @Test
  void whatNobodyHasReadYetIsNotMissing() {
    assertThat(KnownParams.NONE.of(named("change.example.com/v1", "Window")))
        .isInstanceOfSatisfying(
            Unreadable.class, u -> assertThat(u.reason()).isEqualTo(Reason.ParamsUnread));
  }
}
