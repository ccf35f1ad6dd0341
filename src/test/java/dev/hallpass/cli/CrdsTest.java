package dev.hallpass.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionBuilder;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaPropsBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class CrdsTest {

  @Test
  void knowsAllThatAreInstalled() throws IOException {
    try (var files = Files.list(Path.of("crds"))) {
      assertThat(files.map(f -> f.getFileName().toString()))
          .containsExactlyInAnyOrderElementsOf(Crds.FILES);
    }
    assertThat(Crds.ours()).hasSameSizeAs(Crds.FILES);
  }

  @Test
  void whatAClusterLacksIsNamed() {
    var ours = Crds.ours().getFirst();
    var theirs =
        new CustomResourceDefinitionBuilder(ours)
            .editSpec()
            .editFirstVersion()
            .editSchema()
            .editOpenAPIV3Schema()
            .addToProperties("status", new JSONSchemaPropsBuilder().withType("object").build())
            .endOpenAPIV3Schema()
            .endSchema()
            .endVersion()
            .endSpec()
            .build();

    assertThat(Crds.misfit(ours, ours)).isEmpty();
    assertThat(Crds.misfit(ours, theirs)).get().asString().startsWith(".openAPIV3Schema.status");
  }
}
