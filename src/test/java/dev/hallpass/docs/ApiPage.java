package dev.hallpass.docs;

import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionVersion;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Generates the API reference from the CRDs. {@code hack/generate} runs {@link #main}. */
final class ApiPage {
  static final Path FILE = Path.of("docs/reference/api.md");

  /** In the order in which somebody meets them. */
  private static final List<String> CRDS =
      List.of(
          "credentialrequests",
          "credentialproviders",
          "clustercredentialproviders",
          "credentialleases",
          "credentialpolicies",
          "credentialapprovals",
          "breakglasses");

  private final StringBuilder page = new StringBuilder();
  private final Map<JSONSchemaProps, String> described = new HashMap<>();

  private ApiPage() {}

  static String generate() throws IOException {
    var api = new ApiPage();
    api.page.append(
        """
        # API reference

        Generated from `crds/` by `hack/generate`. `kubectl explain` says the same of each field, e.g.
        `kubectl explain creq.spec.credentials`. `[]` stands for each item of a list.
        """);
    for (var crd : CRDS) {
      api.kind(
          Serialization.unmarshal(
              Files.readString(Path.of("crds", crd + ".yaml")), CustomResourceDefinition.class));
    }
    return api.page.toString();
  }

  private void kind(CustomResourceDefinition crd) {
    var names = crd.getSpec().getNames();
    var version = crd.getSpec().getVersions().getFirst();
    var schema = version.getSchema().getOpenAPIV3Schema();
    line("\n## %s\n".formatted(names.getKind()));
    line("%s\n".formatted(schema.getDescription()));
    line(
        "`apiVersion: %s/%s`, %s; `kubectl get %s`, or `kubectl get %s` for all kinds.\n"
            .formatted(
                crd.getSpec().getGroup(),
                version.getName(),
                crd.getSpec().getScope().equals("Cluster") ? "of the cluster" : "of a namespace",
                names.getShortNames().getFirst(),
                names.getCategories().getFirst()));
    columns(version);
    part(names.getKind(), "spec", schema);
    if (schema.getProperties().containsKey("status")) {
      part(names.getKind(), "status", schema);
    }
  }

  private void columns(CustomResourceDefinitionVersion version) {
    line("| column | from |");
    line("|---|---|");
    for (var column : version.getAdditionalPrinterColumns()) {
      line(
          "| %s%s | `%s` |"
              .formatted(
                  column.getName(),
                  column.getPriority() == null || column.getPriority() == 0 ? "" : " (`-o wide`)",
                  column.getJsonPath()));
    }
  }

  private void part(String kind, String part, JSONSchemaProps schema) {
    var properties = schema.getProperties().get(part);
    line("\n### %s.%s\n".formatted(kind, part));
    line("%s\n".formatted(properties.getDescription()));
    var same = described.putIfAbsent(properties, kind);
    if (same != null) {
      line(
          "The same fields as [%s.%s](#%s%s)."
              .formatted(same, part, same.toLowerCase(Locale.ROOT), part));
      return;
    }
    line("| field | type | what it is |");
    line("|---|---|---|");
    var rules = new ArrayList<String>();
    fields("", properties, rules);
    if (!rules.isEmpty()) {
      line("\nBeyond types and limits, the API server refuses what breaks one of these:\n");
      rules.forEach(rule -> line("- %s".formatted(rule)));
    }
  }

  private void fields(String path, JSONSchemaProps owner, List<String> rules) {
    owner.getXKubernetesValidations().forEach(rule -> rules.add(rule.getMessage()));
    owner
        .getProperties()
        .forEach(
            (name, property) -> {
              var field = path + name;
              var required = owner.getRequired() != null && owner.getRequired().contains(name);
              line(
                  "| `%s` | %s%s | %s |"
                      .formatted(
                          field,
                          type(property),
                          required ? ", required" : "",
                          property.getDescription()));
              if (property.getItems() != null && property.getItems().getSchema() != null) {
                property.getXKubernetesValidations().forEach(rule -> rules.add(rule.getMessage()));
                fields(field + "[].", property.getItems().getSchema(), rules);
              } else {
                fields(field + ".", property, rules);
              }
            });
  }

  private static String type(JSONSchemaProps property) {
    if (property.getEnum() != null && !property.getEnum().isEmpty()) {
      return String.join(
          ", ", property.getEnum().stream().map(value -> "`" + value.asText() + "`").toList());
    }
    return switch (property.getType()) {
      case "array" -> "list of %s%s".formatted(items(property), range(property));
      case "object" ->
          property.getAdditionalProperties() == null ? "object" : "map of string to string";
      default -> property.getType() + range(property);
    };
  }

  private static String items(JSONSchemaProps list) {
    return list.getItems().getSchema().getType() + "s";
  }

  private static String range(JSONSchemaProps property) {
    if (property.getType().equals("array")) {
      return range(property.getMinItems(), property.getMaxItems());
    }
    return property.getType().equals("string")
        ? characters(property)
        : range(property.getMinimum(), property.getMaximum());
  }

  private static String characters(JSONSchemaProps text) {
    var range = range(text.getMinLength(), text.getMaxLength());
    return range.isEmpty() ? range : range + " characters";
  }

  private static String range(Number least, Number most) {
    if (most == null) {
      return least == null ? "" : ", at least %d".formatted(least.longValue());
    }
    return least == null
        ? ", at most %d".formatted(most.longValue())
        : ", %d to %d".formatted(least.longValue(), most.longValue());
  }

  private void line(String text) {
    page.append(text).append('\n');
  }

  public static void main(String[] args) throws IOException {
    Files.writeString(
        Files.createDirectories(FILE.getParent()).resolve(FILE.getFileName()), generate());
  }
}
