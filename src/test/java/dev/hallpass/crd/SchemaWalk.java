package dev.hallpass.crd;

import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import java.util.function.BiConsumer;

/** Visits every property of a CRD's schema, by the path that the API server's messages use. */
final class SchemaWalk {
  private SchemaWalk() {}

  /** Visits the object itself, under the path {@code ""}, and all below it. */
  static void of(CustomResourceDefinition crd, BiConsumer<String, JSONSchemaProps> visitor) {
    crd.getSpec()
        .getVersions()
        .forEach(v -> visit("", v.getSchema().getOpenAPIV3Schema(), visitor));
  }

  private static void visit(
      String path, JSONSchemaProps schema, BiConsumer<String, JSONSchemaProps> visitor) {
    visitor.accept(path, schema);
    schema
        .getProperties()
        .forEach(
            (name, property) ->
                visit(path.isEmpty() ? name : path + "." + name, property, visitor));
    if (schema.getItems() != null && schema.getItems().getSchema() != null) {
      visit(path + "[0]", schema.getItems().getSchema(), visitor);
    }
  }
}
