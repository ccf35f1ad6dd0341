package dev.hallpass.reconcile.breakglass;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hallpass.api.v1alpha1.BreakGlass;
import dev.hallpass.api.v1alpha1.BreakGlassStatus.Phase;
import dev.hallpass.kube.Conditions;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BreakGlassStatusFactoryTest {
  private static final String REVIEW =
      "  review: {outcome: FollowUp, comment: it was right, reviewedBy: {username: grace}}";

  @ParameterizedTest(name = "at {0}, deleted at {1}, reviewed: {2}")
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      textBlock =
          """
          15:00:00 | -        | false | Open     | 15:30:00 | False | open until 2026-03-14T15:30:00Z; it is reviewed after its end
          15:29:59 | -        | false | Open     | 15:30:00 | False | open until 2026-03-14T15:30:00Z; it is reviewed after its end
          15:29:59 | -        | true  | Open     | 15:30:00 | False | open until 2026-03-14T15:30:00Z; it is reviewed after its end
          15:30:00 | -        | false | Ended    | 15:30:00 | False | it ended at 2026-03-14T15:30:00Z and has waited less than an hour for its review
          15:10:00 | 15:09:59 | false | Ended    | 15:09:59 | False | it ended at 2026-03-14T15:09:59Z and has waited less than an hour for its review
          18:31:00 | -        | false | Ended    | 15:30:00 | False | it ended at 2026-03-14T15:30:00Z and has waited 3 h for its review
          15:30:00 | -        | true  | Reviewed | 15:30:00 | True  | FollowUp, says grace
          15:10:00 | 15:09:59 | true  | Reviewed | 15:09:59 | True  | FollowUp, says grace
          """)
  void saysHowItStands(
      String now,
      String deleted,
      boolean reviewed,
      Phase phase,
      String ends,
      String condition,
      String message) {
    var manifest =
        """
        metadata: {name: inc-7, generation: 2, creationTimestamp: "2026-03-14T15:00:00Z"%s}
        spec:
          duration: 30m
          openedBy: {username: ada}
        %s
        """
            .formatted(
                deleted == null ? "" : ", deletionTimestamp: \"" + at(deleted) + "\"",
                reviewed ? REVIEW : "");

    var status =
        new BreakGlassStatusFactory(Duration.ofHours(4))
            .status(Serialization.unmarshal(manifest, BreakGlass.class), 1, at(now));

    assertThat(status.phase()).isEqualTo(phase);
    assertThat(status.endsAt()).isEqualTo(at(ends).toString());
    assertThat(status.unreviewedSince())
        .isEqualTo(phase == Phase.Ended ? at(ends).toString() : null);
    assertThat(status.leases()).isEqualTo(1);
    assertThat(Conditions.find(status.conditions(), Conditions.REVIEWED))
        .hasValueSatisfying(
            c -> {
              assertThat(c.getStatus()).isEqualTo(condition);
              assertThat(c.getMessage()).isEqualTo(message);
              assertThat(c.getObservedGeneration()).isEqualTo(2);
            });
  }

  @ParameterizedTest
  @CsvSource({"PT59M, less than an hour", "PT1H, 1 h", "PT47H59M, 47 h", "PT48H, 2 days"})
  void agesInFewSteps(Duration waited, String text) {
    assertThat(BreakGlassStatusFactory.age(waited)).isEqualTo(text);
  }

  private static Instant at(String time) {
    return Instant.parse("2026-03-14T%sZ".formatted(time));
  }
}
