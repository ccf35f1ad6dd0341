package dev.hallpass.provider.postgresql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hallpass.api.v1alpha1.CredentialProviderSpec;
import dev.hallpass.api.v1alpha1.CredentialProviderSpec.SecretRef;
import dev.hallpass.api.v1alpha1.PostgreSql;
import dev.hallpass.api.v1alpha1.PostgreSql.Tls;
import dev.hallpass.api.v1alpha1.PostgreSql.TlsMode;
import dev.hallpass.provider.Target;
import dev.hallpass.wire.Reason;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.postgresql.util.PSQLException;
import org.postgresql.util.PSQLState;

class SqlErrorsTest {
  private static final Target TARGET =
      new Target(
          "CredentialProvider/shop/pg",
          new CredentialProviderSpec(
              new PostgreSql(
                  "nosuch.databases.svc",
                  null,
                  "orders",
                  new SecretRef("admin"),
                  new Tls(TlsMode.Disable, null)),
              null,
              null,
              List.of()),
          Map.of());

  private static PSQLException failed(Exception cause) {
    return new PSQLException(
        "The connection attempt failed.", PSQLState.CONNECTION_UNABLE_TO_CONNECT, cause);
  }

  @Test
  void aNameThatDoesNotResolveIsTheProvidersToMend() {
    var told = SqlErrors.explain(TARGET, failed(new UnknownHostException("nosuch.databases.svc")));

    assertThat(told.reason()).isEqualTo(Reason.TargetUnreachable);
    assertThat(told)
        .hasMessage(
            "spec.postgresql: no address is known for nosuch.databases.svc; correct host or hosts,"
                + " or have it resolve");
  }

  @Test
  void aServerThatDoesNotAnswerIsNamed() {
    var told = SqlErrors.explain(TARGET, failed(new ConnectException("Connection refused")));

    assertThat(told.reason()).isEqualTo(Reason.TargetUnreachable);
    assertThat(told).hasMessageContaining("PostgreSQL at nosuch.databases.svc:5432");
  }
}
