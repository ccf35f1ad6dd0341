package dev.hallpass.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hallpass.api.v1alpha1.Delivery;
import dev.hallpass.api.v1alpha1.Delivery.Format;
import dev.hallpass.provider.Material;
import dev.hallpass.provider.Material.Attachment;
import dev.hallpass.provider.Material.Field;
import dev.hallpass.testing.ServerProcess;
import dev.hallpass.wire.IssueAnswer;
import dev.hallpass.wire.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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
    var delivery =
        new Delivery(
            Delivery.Mode.Sidecar, null, List.of(new Delivery.File("f", Format.Env)), null);

    assertThat(FileWriter.render(delivery, material))
        .extracting(IssueAnswer.File::path)
        .containsExactly("f", ".ca/hp_x.pem");
  }

  private static String render(Format format, Material material) {
    var delivery =
        new Delivery(Delivery.Mode.Sidecar, null, List.of(new Delivery.File("f", format)), null);
    return FileWriter.render(delivery, material).getFirst().content().reveal();
  }

  private static Material material(String host, String password) {
    return new Material(
        List.of(
            field("host", "PGHOST", host),
            field("port", "PGPORT", "5432"),
            field("database", "PGDATABASE", "orders"),
            field("username", "PGUSER", "hp_x"),
            field("password", "PGPASSWORD", password)));
  }

  private static Field field(String name, String variable, String value) {
    return new Field(name, variable, Secret.of(value));
  }
}
