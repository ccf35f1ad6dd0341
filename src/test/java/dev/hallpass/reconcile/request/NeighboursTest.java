package dev.hallpass.reconcile.request;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hallpass.api.v1alpha1.CredentialRequest;
import dev.hallpass.policy.IssueDecision.Deny;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NeighboursTest {

  @ParameterizedTest
  @CsvSource(
      useHeadersInDisplayName = true,
      delimiter = '|',
      textBlock =
          """
          NEIGHBOUR'S ACCOUNT | ITS LABELS              | ITS FILE | IN THE WAY
          orders              | app: orders             | db.env   | true
          orders              | app: orders, tier: web  | db.env   | true
          orders              | tier: web               | db.env   | true
          orders              | app: orders, extra: yes | db.env   | false
          orders              | app: other              | db.env   | false
          reports             | app: orders             | db.env   | false
          orders              | app: orders             | q.env    | false
          """)
  void onlyNeighboursThatSelectAllItsPodsAreInTheWay(
      String account, String labels, String file, boolean inTheWay) {
    var request = request("orders-db", "orders", "app: orders, tier: web", "db.env");
    var neighbour = request("orders-more", account, labels, file);

    var collisions = Neighbours.collisions(request, List.of(neighbour, request));

    assertThat(collisions)
        .extracting(Deny::message)
        .isEqualTo(
            inTheWay
                ? List.of(
                    "spec.credentials[db].delivery.files: db.env is in the way of db.env of"
                        + " orders-more/db; choose another path")
                : List.of());
  }

  private static CredentialRequest request(
      String name, String account, String labels, String file) {
    return Serialization.unmarshal(
        """
        metadata: {name: %s, namespace: shop}
        spec:
          workload: {serviceAccountName: %s, selector: {matchLabels: {%s}}}
          credentials:
          - name: db
            delivery: {mode: Sidecar, files: [{path: %s, format: Env}]}
        """
            .formatted(name, account, labels, file),
        CredentialRequest.class);
  }
}
