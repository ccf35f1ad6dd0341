package dev.hallpass.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hallpass.admission.BreakGlassRules;
import dev.hallpass.api.v1alpha1.BreakGlass;
import dev.hallpass.api.v1alpha1.BreakGlassSpec.Outcome;
import dev.hallpass.testing.KubeApi;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The commands break-glass and review, given to a real API server with the chart's webhook, policy
 * and roles by people who may and people who may not.
 */
@ExtendWith(KubeApi.class)
class BreakGlassCommandsIT {
  private static final List<String> OPEN =
      List.of(
          "break-glass",
          "creq/orders-db",
          "--credential",
          "db",
          "--incident",
          "INC-7",
          "--justification",
          "the approvers are out and orders cannot be shipped");

  private KubeApi kube;
  private BreakGlassRules rules;
  private Cluster ada;
  private Cluster grace;
  private Cluster mallory;
  private Cluster nobody;

  @BeforeEach
  void populate(KubeApi api) throws IOException, GeneralSecurityException {
    kube = api;
    new PluginScene(kube).apply("it.yaml");
    rules = BreakGlassRules.install(kube);
    ada = as("ada");
    grace = as("grace");
    mallory = as("mallory");
    nobody = new Cluster(kube.client("nobody"), "default");
  }

  @AfterEach
  void remove() {
    nobody.client().close();
    rules.close();
  }

  private Cluster as(String user) {
    return new Cluster(rules.as(user), kube.namespace());
  }

  @Test
  void opensEndsAndHasAnotherReview() {
    var opened = open(ada, "--for", "20m");
    var glass = only();
    var name = glass.getMetadata().getName();

    assertThat(opened)
        .isEqualTo(
            new Run(
                0,
                """
                bglass/%s is open for 20m: db of creq/orders-db is issued past the policies that allow it
                end it by: kubectl hallpass break-glass --end %s -n %s
                somebody else must review it: kubectl hallpass review %s -n %s --outcome OUTCOME --comment TEXT
                """
                    .formatted(name, name, kube.namespace(), name, kube.namespace()),
                ""));
    assertThat(name).startsWith("orders-db-");
    assertThat(glass.getSpec().openedBy().username()).isEqualTo("ada");
    assertThat(glass.getSpec().duration()).isEqualTo("20m");
    assertThat(glass.getSpec().incident()).isEqualTo("INC-7");

    var waiting = Run.of(grace, "review");
    assertThat(waiting.code()).isEqualTo(1);
    assertThat(waiting.out()).containsPattern(name + " +Open +ada +INC-7 .*the approvers are out");

    assertThat(Run.of(ada, "break-glass", "--end", name))
        .isEqualTo(
            new Run(0, "bglass/%s ends, and what was issued under it\n".formatted(name), ""));

    assertThat(review(grace, name))
        .isEqualTo(new Run(0, "bglass/%s is reviewed: FollowUp\n".formatted(name), ""));
    assertThat(only().getSpec().review().outcome()).isEqualTo(Outcome.FollowUp);
    assertThat(only().getSpec().review().reviewedBy().username()).isEqualTo("grace");
    assertThat(Run.of(grace, "review"))
        .isEqualTo(
            new Run(
                0,
                "",
                "No break-glass waits for a review in namespace %s.%n"
                    .formatted(kube.namespace())));
  }

  @Test
  void whoeverLacksTheRightOfTheClusterIsToldWhichRoleGivesIt() {
    refused(
        open(mallory),
        "mallory may not break-glass: a ClusterRoleBinding to the ClusterRole"
            + " hallpass-may-break-glass gives the right");
    var name = openedAndEnded();

    refused(
        review(mallory, name),
        "mallory may not review: a ClusterRoleBinding to the ClusterRole hallpass-may-review gives"
            + " the right");
    refused(review(ada, name), "ada opened it; somebody else must review it");
    assertThat(only().getSpec().review()).isNull();
  }

  @Test
  void whoeverLacksTheRightInTheNamespaceIsToldWhichCallWasRefused() {
    var name = openedAndEnded();

    refused(open(nobody), "cannot create resource \"breakglasses\" in API group \"hallpass.dev\"");
    refused(review(nobody, name), "cannot get resource \"breakglasses\"");
    refused(
        Run.of(nobody, "break-glass", "--end", name), "cannot delete resource \"breakglasses\"");
    refused(Run.of(nobody, "review"), "cannot list resource \"breakglasses\"");
  }

  @Test
  void whatIsMissingOrWrongIsNamed() {
    assertThat(Run.of(ada, "break-glass"))
        .isEqualTo(new Run(2, "", "creq/NAME must be given%n".formatted()));
    assertThat(Run.of(ada, "break-glass", "pod/orders-1").err())
        .contains("pod/orders-1: name an object as creq/NAME");
    assertThat(Run.of(ada, "break-glass", "creq/orders-db").err())
        .contains("--credential must be given");
    assertThat(open(ada, "--for", "soon").err()).contains("--for");
    refused(open(ada, "--for", "2h"), "spec.duration: is 2h, and this Hallpass allows 1h at most");
    refused(open(ada, "--justification", "because"), "spec.justification");
    refused(
        open(ada, "--credential", "cache"),
        "no CredentialRequest of this namespace has a credential cache for");
    assertThat(glasses()).isEmpty();
  }

  @Test
  void aReviewOfWhatIsNotThereOrNotOverIsRefused() {
    open(ada);
    var name = only().getMetadata().getName();

    refused(review(grace, name), "spec.review: it is open until");
    assertThat(review(grace, "missing").code()).isEqualTo(4);
    assertThat(review(grace, "missing").err()).contains("missing").hasLineCount(1);
    assertThat(Run.of(grace, "break-glass", "--end", "missing"))
        .isEqualTo(
            new Run(
                4,
                "",
                "there is no break-glass missing in namespace %s%n".formatted(kube.namespace())));
    assertThat(Run.of(grace, "review", name).err())
        .contains("--outcome and --comment must be given");
    assertThat(Run.of(grace, "review", name, "--outcome", "Fine", "--comment", "as it was").code())
        .isEqualTo(2);
  }

  @Test
  void aReviewIsOfTheBreakGlassThatWasRead() {
    var name = openedAndEnded();
    var uid = only().getMetadata().getUid();

    assertThat(review(grace, name, "--uid", "of-another"))
        .isEqualTo(
            new Run(
                4,
                "",
                "bglass/%s is another one now, with the UID %s; look at what it was opened for\n"
                    .formatted(name, uid)));
    assertThat(only().getSpec().review()).isNull();
    assertThat(review(grace, name, "--uid", uid).code()).isZero();
  }

  private String openedAndEnded() {
    assertThat(open(ada).code()).isZero();
    var name = only().getMetadata().getName();
    assertThat(Run.of(ada, "break-glass", "--end", name).code()).isZero();
    return name;
  }

  private static void refused(Run run, String why) {
    assertThat(run.err()).contains(why).hasLineCount(1);
    assertThat(run.out()).isEmpty();
    assertThat(run.code()).isEqualTo(3);
  }

  /** With these options in the place of others of their name. */
  private static Run open(Cluster who, String... options) {
    var words = new ArrayList<>(OPEN);
    for (var i = 0; i < options.length; i += 2) {
      var known = words.indexOf(options[i]);
      if (known >= 0) {
        words.subList(known, known + 2).clear();
      }
      words.addAll(List.of(options[i], options[i + 1]));
    }
    return Run.of(who, words.toArray(String[]::new));
  }

  private static Run review(Cluster who, String name, String... options) {
    var words =
        new ArrayList<>(
            List.of(
                "review",
                name,
                "--outcome",
                "FollowUp",
                "--comment",
                "right; the rota needs a third"));
    words.addAll(List.of(options));
    return Run.of(who, words.toArray(String[]::new));
  }

  private BreakGlass only() {
    assertThat(glasses()).hasSize(1);
    return glasses().getFirst();
  }

  private List<BreakGlass> glasses() {
    return kube.client()
        .resources(BreakGlass.class)
        .inNamespace(kube.namespace())
        .list()
        .getItems();
  }
}
