package dev.hallpass.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hallpass.api.v1alpha1.BreakGlass;
import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.api.v1alpha1.CredentialRequest;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OpenBreakGlassTest {
  private static final Instant NOW = Instant.parse("2026-03-14T15:10:00Z");
  private static final Duration LONGEST = Duration.ofHours(4);

  private static final String BREAK_GLASS =
      """
      metadata: {name: inc-7, namespace: shop, uid: glass-1, creationTimestamp: "2026-03-14T15:00:00Z"}
      spec:
        requestRef: {name: orders-db}
        credential: db
        duration: 30m
        openedBy: {username: ada}
        digests: [%s, "sha256:of-another-request"]
      """
          .formatted(digest("reader"));
  private static final String BY_WORKLOAD =
      "workload: {serviceAccountName: orders, selector: {matchLabels: {app: orders}}}";

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      textBlock =
          """
          by request                     | -                              | -                                    | true
          by workload                    | requestRef: {name: orders-db}  | WORKLOAD                             | true
          of another request             | orders-db                      | other-db                             | false
          of another credential          | credential: db                 | credential: cache                    | false
          in another namespace           | namespace: shop                | namespace: bank                      | false
          of another service account     | requestRef: {name: orders-db}  | workload: {serviceAccountName: web, selector: {matchLabels: {app: orders}}}    | false
          of other labels                | requestRef: {name: orders-db}  | workload: {serviceAccountName: orders, selector: {matchLabels: {app: web}}}    | false
          of what was asked before       | digests: [DIGEST,              | digests: [                           | false
          that nobody says what of       | digests: [DIGEST, "sha256:of-another-request"] | incident: none       | false
          over to the second             | duration: 30m                  | duration: 10m                        | false
          a second before                | duration: 30m                  | duration: 601s                       | true
          that nobody answers for        | openedBy: {username: ada}      | justification: none                  | false
          deleted a minute ago           | uid: glass-1                   | uid: glass-1, deletionTimestamp: "2026-03-14T15:09:00Z"    | false
          deleted, by a clock ahead      | uid: glass-1                   | uid: glass-1, deletionTimestamp: "2026-03-14T15:11:00Z"    | false
          """)
  void isOpenForWhatItNamesAlone(String name, String part, String instead, boolean open) {
    var yaml =
        part == null
            ? BREAK_GLASS
            : BREAK_GLASS.replace(
                part.replace("DIGEST", digest("reader")),
                instead.equals("WORKLOAD") ? BY_WORKLOAD : instead);

    assertThat(find(LONGEST, yaml).isPresent()).isEqualTo(open);
  }

  @Test
  void lastsNoLongerThanThisHallpassLetsIt() {
    assertThat(find(Duration.ofMinutes(15), BREAK_GLASS))
        .contains(new OpenBreakGlass("inc-7", "glass-1", Instant.parse("2026-03-14T15:15:00Z")));
    assertThat(find(Duration.ofMinutes(10), BREAK_GLASS)).isEmpty();
  }

  @Test
  void ofSeveralTheOneThatLastsLongestCounts() {
    var longer = BREAK_GLASS.replace("glass-1", "glass-2").replace("30m", "40m");

    assertThat(find(LONGEST, BREAK_GLASS, longer)).map(OpenBreakGlass::uid).contains("glass-2");
    assertThat(find(LONGEST, longer, BREAK_GLASS)).map(OpenBreakGlass::uid).contains("glass-2");
  }

  @Test
  void concernsARequestThatHasTheCredential() {
    var breakGlass = Serialization.unmarshal(BREAK_GLASS, BreakGlass.class);

    assertThat(OpenBreakGlass.concerns(breakGlass, request("db"))).isTrue();
    assertThat(OpenBreakGlass.concerns(breakGlass, request("cache"))).isFalse();
  }

  @Test
  void aRequestThatAsksForMoreIsNoLongerUnderIt() {
    var glass = List.of(Serialization.unmarshal(BREAK_GLASS, BreakGlass.class));
    var lease =
        Serialization.unmarshal(
            "spec: {breakGlass: {name: inc-7, uid: glass-1}}", CredentialLease.class);

    assertThat(OpenBreakGlass.find(glass, pod(), asking("reader"), "db", LONGEST, NOW)).isPresent();
    assertThat(OpenBreakGlass.find(glass, pod(), asking("writer"), "db", LONGEST, NOW)).isEmpty();
    assertThat(OpenBreakGlass.behind(lease, asking("reader"), glass, LONGEST, NOW)).isPresent();
    assertThat(OpenBreakGlass.behind(lease, asking("writer"), glass, LONGEST, NOW)).isEmpty();
  }

  private static String digest(String access) {
    var request = asking(access);
    return Ask.digest(request, request.getSpec().credentials().getFirst());
  }

  private static Pod pod() {
    return Serialization.unmarshal(
        """
        metadata: {name: orders-1, namespace: shop, labels: {app: orders}}
        spec: {serviceAccountName: orders}
        """,
        Pod.class);
  }

  private static Optional<OpenBreakGlass> find(Duration longest, String... yaml) {
    return OpenBreakGlass.find(
        List.of(yaml).stream().map(y -> Serialization.unmarshal(y, BreakGlass.class)).toList(),
        pod(),
        asking("reader"),
        "db",
        longest,
        NOW);
  }

  private static CredentialRequest asking(String access) {
    return request("db, access: " + access);
  }

  private static CredentialRequest request(String credential) {
    return Serialization.unmarshal(
        """
        metadata: {name: orders-db, namespace: shop}
        spec:
          workload: {serviceAccountName: orders, selector: {matchLabels: {app: orders}}}
          credentials: [{name: %s}]
        """
            .formatted(credential),
        CredentialRequest.class);
  }
}
