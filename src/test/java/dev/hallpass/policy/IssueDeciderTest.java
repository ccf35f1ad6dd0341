package dev.hallpass.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hallpass.api.v1alpha1.CredentialProviderSpec;
import dev.hallpass.api.v1alpha1.CredentialProviderSpec.AccessLevel;
import dev.hallpass.api.v1alpha1.CredentialProviderSpec.AllowedNamespaces;
import dev.hallpass.api.v1alpha1.CredentialRequestSpec.RequestedCredential;
import dev.hallpass.api.v1alpha1.Delivery;
import dev.hallpass.api.v1alpha1.Delivery.Format;
import dev.hallpass.api.v1alpha1.PodSelector;
import dev.hallpass.api.v1alpha1.PostgreSqlAccess;
import dev.hallpass.api.v1alpha1.ProviderRef;
import dev.hallpass.api.v1alpha1.ProviderRef.Kind;
import dev.hallpass.policy.IssueDecision.Allow;
import dev.hallpass.policy.IssueDecision.Deny;
import dev.hallpass.provider.Fields;
import dev.hallpass.provider.Offer;
import dev.hallpass.provider.Renewal;
import dev.hallpass.wire.Reason;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class IssueDeciderTest {
  private static final AccessLevel READER =
      new AccessLevel("reader", "1h", "24h", new PostgreSqlAccess(List.of("orders_reader")), null);

  @Test
  void allowsWithinTheCapsOfTheLevel() {
    var decision = decide(credential("reader", "15m", Kind.CredentialProvider), provider(null));

    assertThat(decision).isEqualTo(new Allow(READER, Duration.ofMinutes(15), Duration.ofHours(24)));
  }

  @Test
  void allowsATtlThatEqualsTheCap() {
    var decision = decide(credential("reader", "60m", Kind.CredentialProvider), provider(null));

    assertThat(decision).isInstanceOf(Allow.class);
  }

  @Test
  void deniesWhereThereIsNoProvider() {
    assertThat(decide(credential("reader", "15m", Kind.CredentialProvider), null))
        .isEqualTo(
            new Deny(
                Reason.ProviderNotFound,
                "spec.credentials[db].providerRef: there is no CredentialProvider/pg"));
  }

  @Test
  void deniesALevelThatIsNotOffered() {
    assertThat(decide(credential("writer", "15m", Kind.CredentialProvider), provider(null)))
        .isEqualTo(
            new Deny(
                Reason.AccessLevelUnknown,
                "spec.credentials[db].access: CredentialProvider/pg offers no level \"writer\","
                    + " only reader"));
  }

  @Test
  void deniesATtlAboveTheCap() {
    assertThat(decide(credential("reader", "61m", Kind.CredentialProvider), provider(null)))
        .isEqualTo(
            new Deny(
                Reason.TtlAboveCap,
                "spec.credentials[db].ttl: 61m is above the 1h that CredentialProvider/pg allows"
                    + " for level \"reader\""));
  }

  @Test
  void ofWhatStandsATtlAboveTheCapIsOnlyNarrowed() {
    assertThat(standing(credential("reader", "61m", Kind.CredentialProvider), provider(null)))
        .isEqualTo(new Allow(READER, Duration.ofHours(1), Duration.ofHours(24)));
  }

  @Test
  void whatStandsDoesNotOutlastItsProviderItsNamespaceOrItsLevel() {
    var own = credential("reader", "15m", Kind.CredentialProvider);
    var clusters = credential("reader", "15m", Kind.ClusterCredentialProvider);
    var writer = credential("writer", "15m", Kind.CredentialProvider);

    assertThat(standing(own, null)).isEqualTo(decide(own, null)).isInstanceOf(Deny.class);
    assertThat(standing(clusters, provider(null)))
        .isEqualTo(decide(clusters, provider(null)))
        .isInstanceOf(Deny.class);
    assertThat(standing(writer, provider(null)))
        .isEqualTo(decide(writer, provider(null)))
        .isInstanceOf(Deny.class);
  }

  @Test
  void deniesAFormatTheTargetDoesNotKnow() {
    var input =
        new IssueDecider.Input(
            credential("reader", "15m", Kind.CredentialProvider),
            "shop",
            Map.of(),
            provider(null),
            offer(Format.Json));

    assertThat(IssueDecider.decide(input))
        .isEqualTo(
            new Deny(
                Reason.FormatUnsupported,
                "spec.credentials[db].delivery.files: db.env cannot be written as Env, only as Json"));
  }

  @Test
  void deniesATemplateWithAMistake() {
    assertThat(decideTemplate("{{#user}}"))
        .isInstanceOfSatisfying(
            Deny.class,
            deny -> {
              assertThat(deny.reason()).isEqualTo(Reason.TemplateInvalid);
              assertThat(deny.message())
                  .startsWith("spec.credentials[db].delivery.files[app.conf].template: ");
            });
  }

  @Test
  void deniesATemplateOfAFieldThatTheCredentialDoesNotHave() {
    assertThat(decideTemplate("login {{username}} {{passwort}}"))
        .isEqualTo(
            new Deny(
                Reason.TemplateInvalid,
                "spec.credentials[db].delivery.files[app.conf].template: {{passwort}} is no field of"
                    + " this credential; its fields are password, username"));
  }

  private static IssueDecision decideTemplate(String template) {
    var file = new Delivery.File("app.conf", Format.Template, template, null);
    var credential =
        new RequestedCredential(
            "db",
            new ProviderRef(Kind.CredentialProvider, "pg"),
            "reader",
            "15m",
            null,
            new Delivery(Delivery.Mode.Sidecar, null, List.of(file), null, null));
    var input =
        new IssueDecider.Input(
            credential, "shop", Map.of(), provider(null), offer(Format.Template));

    return IssueDecider.decide(input);
  }

  @Test
  void aClusterProviderServesOnlyTheNamespacesItAllows() {
    var credential = credential("reader", "15m", Kind.ClusterCredentialProvider);
    var byName = new AllowedNamespaces(List.of("shop"), null);
    var byLabel = new AllowedNamespaces(null, new PodSelector(Map.of("env", "test"), null));
    var others = new AllowedNamespaces(List.of("bank"), new PodSelector(Map.of("env", "x"), null));

    assertThat(decide(credential, provider(byName))).isInstanceOf(Allow.class);
    assertThat(decide(credential, provider(byLabel))).isInstanceOf(Allow.class);
    assertThat(List.of(decide(credential, provider(null)), decide(credential, provider(others))))
        .containsOnly(
            new Deny(
                Reason.NamespaceNotAllowed,
                "spec.credentials[db].providerRef: ClusterCredentialProvider/pg does not allow"
                    + " namespace shop in spec.allowedNamespaces"));
  }

  private static Offer offer(Format format) {
    return new Offer(Set.of(format), new Fields(Set.of("username", "password")), Renewal.Extend);
  }

  private static IssueDecision decide(
      RequestedCredential credential, @Nullable CredentialProviderSpec provider) {
    return IssueDecider.decide(
        new IssueDecider.Input(
            credential, "shop", Map.of("env", "test"), provider, offer(Format.Env)));
  }

  private static IssueDecision standing(
      RequestedCredential credential, @Nullable CredentialProviderSpec provider) {
    return IssueDecider.standing(
        new IssueDecider.Input(credential, "shop", Map.of("env", "test"), provider, null));
  }

  private static RequestedCredential credential(String access, String ttl, Kind kind) {
    return new RequestedCredential(
        "db",
        new ProviderRef(kind, "pg"),
        access,
        ttl,
        null,
        new Delivery(
            Delivery.Mode.Sidecar,
            null,
            List.of(new Delivery.File("db.env", Format.Env)),
            null,
            null));
  }

  private static CredentialProviderSpec provider(@Nullable AllowedNamespaces allowed) {
    return new CredentialProviderSpec(null, null, allowed, List.of(READER));
  }
}
