package dev.hallpass.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hallpass.api.v1alpha1.CredentialRequestSpec.RequestedCredential;
import dev.hallpass.policy.PathCollisions.Asked;
import dev.hallpass.policy.PathCollisions.Collision;
import dev.hallpass.wire.Reason;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PathCollisionsTest {

  @ParameterizedTest
  @CsvSource(
      useHeadersInDisplayName = true,
      delimiter = '|',
      textBlock =
          """
          PATH  | CONTAINERS | OTHER   | ITS CONTAINERS | COLLIDE
          a     |            | a       |                | true
          a     |            | b       |                | false
          a     |            | a/b     |                | true
          a/b   |            | a       |                | true
          a/b   |            | a/c     |                | false
          a     |            | ab      |                | false
          a     | app        | a       | web            | false
          a     | app        | a       | web, app       | true
          a     | app        | a       |                | true
          """)
  void areTwoFilesInOneContainersWay(
      String path, String containers, String other, String itsContainers, boolean collide) {
    var first = new Asked("one", credential("db", containers, path));
    var second = new Asked("two", credential("queue", itsContainers, other));

    var collisions = PathCollisions.among(List.of(first, second));

    assertThat(collisions)
        .isEqualTo(
            collide
                ? List.of(
                    new Collision(
                        "two",
                        new IssueDecision.Deny(
                            Reason.PathCollision,
                            "spec.credentials[queue].delivery.files: %s is in the way of %s of one/db; choose another path"
                                .formatted(other, path))))
                : List.of());
  }

  private static RequestedCredential credential(String name, String containers, String path) {
    return Serialization.unmarshal(
        """
        name: %s
        delivery:
          mode: Sidecar
          containers: [%s]
          files: [{path: %s, format: Env}]
        """
            .formatted(name, containers == null ? "" : containers, path),
        RequestedCredential.class);
  }
}
