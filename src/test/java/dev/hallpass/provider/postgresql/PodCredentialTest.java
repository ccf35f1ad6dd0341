package dev.hallpass.provider.postgresql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hallpass.api.v1alpha1.CredentialProviderSpec.SecretRef;
import dev.hallpass.api.v1alpha1.PostgreSql;
import dev.hallpass.api.v1alpha1.PostgreSql.Tls;
import dev.hallpass.api.v1alpha1.PostgreSql.TlsMode;
import dev.hallpass.api.v1alpha1.PostgreSqlAccess;
import dev.hallpass.provider.Material;
import dev.hallpass.provider.Material.Attachment;
import dev.hallpass.provider.Subject;
import dev.hallpass.wire.Secret;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class PodCredentialTest {
  private static final Subject SUBJECT =
      new Subject("0a1b2c3d", UUID.fromString("00000000-0000-0000-0000-000000000001"));
  private static final String NAME = "hp_0a1b2c3d_00000000000000000000000000000001";

  private static final PostgreSqlAccess READER = new PostgreSqlAccess(List.of("reader"));

  private static Material credential(Tls tls, String password) {
    var server = new PostgreSql("db.shop.svc", null, "orders", new SecretRef("admin"), tls);
    return PodCredential.of(server, READER, SUBJECT, Secret.of(password));
  }

  @Test
  void ofSeveralServersTheOneThatTakesWritesIsMeant() {
    var server =
        new PostgreSql(
            "pg-1",
            null,
            List.of("pg-2", "pg-3:5433"),
            "orders",
            List.of("billing"),
            new SecretRef("admin"),
            new Tls(TlsMode.Disable, null),
            null);
    var billing = new PostgreSqlAccess(List.of("reader"), "billing", null, null, null, null, null);

    var material = PodCredential.of(server, billing, SUBJECT, Secret.of("x"));

    assertThat(material.get("host").reveal()).isEqualTo("pg-1,pg-2,pg-3");
    assertThat(material.get("port").reveal()).isEqualTo("5432,5432,5433");
    assertThat(material.get("url").reveal())
        .isEqualTo(
            "postgresql://"
                + NAME
                + ":x@pg-1:5432,pg-2:5432,pg-3:5433/billing"
                + "?sslmode=disable&target_session_attrs=read-write");
    assertThat(material.get("jdbcUrl").reveal())
        .isEqualTo(
            "jdbc:postgresql://pg-1:5432,pg-2:5432,pg-3:5433/billing"
                + "?sslmode=disable&targetServerType=primary");
  }

  @Test
  void saysBeforehandWhichFieldsThereWillBe() {
    var none = new PostgreSql("pg-1", null, "orders", new SecretRef("admin"), null);
    var all =
        new PostgreSql(
            "pg-1",
            null,
            List.of("pg-2"),
            "orders",
            null,
            new SecretRef("admin"),
            new Tls(TlsMode.VerifyFull, "PEM"),
            null);
    for (var server : List.of(none, all)) {
      var material = PodCredential.of(server, READER, SUBJECT, Secret.of("x"));

      assertThat(material.fields())
          .extracting(Material.Field::name)
          .containsExactlyInAnyOrderElementsOf(PodCredential.fields(server).present());
    }
    assertThat(PodCredential.fields(none).absent())
        .containsExactlyInAnyOrder("ca", "sslrootcert", "target_session_attrs");
    assertThat(PodCredential.fields(all).absent()).isEmpty();
  }

  @Test
  void urlsSayHowToConnectAndOneOfThemAsWhom() {
    var material = credential(new Tls(TlsMode.Require, null), "p@ss/w:rd?");

    assertThat(material.get("url").reveal())
        .isEqualTo(
            "postgresql://" + NAME + ":p%40ss%2Fw%3Ard%3F@db.shop.svc:5432/orders?sslmode=require");
    assertThat(material.get("jdbcUrl").reveal())
        .isEqualTo("jdbc:postgresql://db.shop.svc:5432/orders?sslmode=require");
    assertThat(material.attachments()).isEmpty();
  }

  @Test
  void aBundleThatVerifiesComesAlong() {
    var material = credential(new Tls(TlsMode.VerifyFull, "PEM"), "x");

    assertThat(material.attachments())
        .containsExactly(new Attachment(".ca/" + NAME + ".pem", Secret.of("PEM")));
    assertThat(material.get("sslrootcert").reveal())
        .isEqualTo("/var/run/hallpass/.ca/" + NAME + ".pem");
    assertThat(material.get("jdbcUrl").reveal())
        .endsWith(
            "?sslmode=verify-full&sslrootcert=%2Fvar%2Frun%2Fhallpass%2F.ca%2F" + NAME + ".pem");
  }

  @Test
  void aBundleThatVerifiesNothingStays() {
    assertThat(credential(new Tls(TlsMode.Require, "PEM"), "x").attachments()).isEmpty();
  }
}
