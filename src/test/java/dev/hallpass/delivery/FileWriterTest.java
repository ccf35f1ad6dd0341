package dev.hallpass.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hallpass.api.v1alpha1.CredentialRequestSpec.RequestedCredential;
import dev.hallpass.api.v1alpha1.Delivery;
import dev.hallpass.api.v1alpha1.Delivery.Format;
import dev.hallpass.api.v1alpha1.ProviderRef;
import dev.hallpass.provider.Material;
import dev.hallpass.provider.Material.Attachment;
import dev.hallpass.provider.Material.Field;
import dev.hallpass.testing.ServerProcess;
import dev.hallpass.wire.IssueAnswer;
import dev.hallpass.wire.Secret;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileWriterTest {
  private static final Material PLAIN = material("db.shop.svc", "aB3-_x");
  private static final Material AWKWARD = material("::1", "a:b\\c'd\"e $f");

  @Test
  void envIsPlainWhereItCanBe() {
    assertThat(render(Format.Env, PLAIN))
        .isEqualTo(
            """
            PGHOST=db.shop.svc
            PGPORT=5432
            PGDATABASE=orders
            PGUSER=hp_x
            PGPASSWORD=aB3-_x
            """);
  }

  @Test
  void aShellReadsTheVeryValuesBack(@TempDir Path folder) throws IOException {
    var file = Files.writeString(folder.resolve("db.env"), render(Format.Env, AWKWARD));

    assertThat(
            ServerProcess.output(
                "sh",
                "-c",
                ". \"$0\"; printf '%s|%s' \"$PGHOST\" \"$PGPASSWORD\"",
                file.toString()))
        .isEqualTo("::1|a:b\\c'd\"e $f");
  }

  @Test
  void jsonHoldsTheFieldsByName() throws IOException {
    var read = new ObjectMapper().readTree(render(Format.Json, AWKWARD));

    assertThat(read.get("username").asText()).isEqualTo("hp_x");
    assertThat(read.get("password").asText()).isEqualTo("a:b\\c'd\"e $f");
  }

  @Test
  void pgPassEscapesColonsAndBackslashes() {
    assertThat(render(Format.PgPass, AWKWARD))
        .isEqualTo("\\:\\:1:5432:orders:hp_x:a\\:b\\\\c'd\"e $f\n");
  }

  @Test
  void whatHasNoVariableIsInJsonAlone() {
    var material =
        new Material(
            List.of(field("username", "PGUSER", "hp_x"), new Field("ca", null, Secret.of("PEM"))));

    assertThat(render(Format.Env, material)).isEqualTo("PGUSER=hp_x\n");
    assertThat(render(Format.Json, material)).contains("\"ca\":\"PEM\"");
  }

  @Test
  void attachmentsComeAfterTheFilesAskedFor() {
    var material =
        new Material(List.of(), List.of(new Attachment(".ca/hp_x.pem", Secret.of("PEM"))));
    assertThat(FileWriter.render(credential(new Delivery.File("f", Format.Env)), material))
        .extracting(IssueAnswer.File::path)
        .containsExactly("f", ".ca/hp_x.pem");
  }

  @Test
  void javaReadsPropertiesBack() throws IOException {
    var awkward = " a=b:c\\d#!\n\té€";
    var read = new Properties();
    read.load(new StringReader(render(Format.Properties, material("::1", awkward))));

    assertThat(read).containsEntry("password", awkward).containsEntry("host", "::1").hasSize(5);
  }

  @Test
  void yamlHoldsStringsWhateverTheyLookLike() {
    var awkward = "no: \"yes\" #1\n\\";
    var read = Serialization.unmarshal(render(Format.Yaml, material("0123", awkward)), Map.class);

    assertThat(read.get("password")).isEqualTo(awkward);
    assertThat(read.get("host")).isEqualTo("0123");
  }

  @Test
  void aServiceHasItsPasswordInThePasswordFileWhereThereIsOne() {
    var service = new Delivery.File("pg_service.conf", Format.PgService);

    assertThat(text(credential(service)))
        .isEqualTo(
            """
            [db]
            host=db.shop.svc
            port=5432
            dbname=orders
            user=hp_x
            password=aB3-_x
            """);
    assertThat(text(credential(service, new Delivery.File("pgpass", Format.PgPass))))
        .isEqualTo(
            """
            [db]
            host=db.shop.svc
            port=5432
            dbname=orders
            user=hp_x
            passfile=/var/run/hallpass/pgpass
            """);
  }

  @Test
  void aTemplateIsFilledInAndModesGoAlong() {
    var file =
        new Delivery.File("app.conf", Format.Template, "login {{username}}/{{password}}", "0400");
    var rendered = FileWriter.render(credential(file), PLAIN).getFirst();

    assertThat(rendered.content().reveal()).isEqualTo("login hp_x/aB3-_x");
    assertThat(rendered.mode()).isEqualTo("0400");
  }

  private static String text(RequestedCredential credential) {
    return FileWriter.render(credential, PLAIN).getFirst().content().reveal();
  }

  @Test
  void pgPassHasALineForEachServer() {
    assertThat(render(Format.PgPass, material("pg-1,pg-2", "5432,5433", "x")))
        .isEqualTo("pg-1:5432:orders:hp_x:x\npg-2:5433:orders:hp_x:x\n");
  }

  private static String render(Format format, Material material) {
    return FileWriter.render(credential(new Delivery.File("f", format)), material)
        .getFirst()
        .content()
        .reveal();
  }

  private static RequestedCredential credential(Delivery.File... files) {
    return new RequestedCredential(
        "db",
        new ProviderRef(ProviderRef.Kind.CredentialProvider, "pg"),
        "reader",
        "15m",
        null,
        new Delivery(Delivery.Mode.Sidecar, null, List.of(files), null, null));
  }

  private static Material material(String host, String password) {
    return material(host, "5432", password);
  }

  private static Material material(String host, String port, String password) {
    return new Material(
        List.of(
            field("host", "PGHOST", host),
            field("port", "PGPORT", port),
            field("database", "PGDATABASE", "orders"),
            field("username", "PGUSER", "hp_x"),
            field("password", "PGPASSWORD", password)));
  }

  private static Field field(String name, String variable, String value) {
    return new Field(name, variable, Secret.of(value));
  }
}
