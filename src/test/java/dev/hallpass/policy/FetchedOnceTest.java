package dev.hallpass.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hallpass.api.v1alpha1.CredentialRequestSpec.RequestedCredential;
import dev.hallpass.api.v1alpha1.Delivery;
import dev.hallpass.api.v1alpha1.Delivery.Format;
import dev.hallpass.api.v1alpha1.Delivery.Mode;
import dev.hallpass.api.v1alpha1.ProviderRef;
import dev.hallpass.api.v1alpha1.ProviderRef.Kind;
import dev.hallpass.provider.Fields;
import dev.hallpass.provider.Offer;
import dev.hallpass.provider.Renewal;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FetchedOnceTest {

  @Test
  void whatCannotBeExtendedEndsWhereNobodyFetchesItAgain() {
    assertThat(note(Mode.Init, Renewal.Reissue))
        .contains(
            "spec.credentials[tls].delivery.mode: what Init fetches from CredentialProvider/mesh"
                + " cannot be extended, and ends after its ttl of 15m; pods that live longer need"
                + " mode: Sidecar");
  }

  @Test
  void everythingElseLastsAsLongAsThePod() {
    assertThat(note(Mode.Init, Renewal.Extend)).isEmpty();
    assertThat(note(Mode.Sidecar, Renewal.Reissue)).isEmpty();
    assertThat(note(Mode.Sidecar, Renewal.Extend)).isEmpty();
  }

  private static Optional<String> note(Mode mode, Renewal renewal) {
    var files = List.of(new Delivery.File("tls.pem", Format.Pem));
    var credential =
        new RequestedCredential(
            "tls",
            new ProviderRef(Kind.CredentialProvider, "mesh"),
            "service",
            "15m",
            null,
            new Delivery(mode, null, files, null, null));
    return FetchedOnce.note(
        credential, new Offer(Set.of(Format.Pem), new Fields(Set.of()), renewal));
  }
}
