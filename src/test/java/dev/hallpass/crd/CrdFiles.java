package dev.hallpass.crd;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.hallpass.api.v1alpha1.BreakGlass;
import dev.hallpass.api.v1alpha1.ClusterCredentialProvider;
import dev.hallpass.api.v1alpha1.CredentialApproval;
import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.api.v1alpha1.CredentialLeaseStatus.LeasePhase;
import dev.hallpass.api.v1alpha1.CredentialPolicy;
import dev.hallpass.api.v1alpha1.CredentialProvider;
import dev.hallpass.api.v1alpha1.CredentialRequest;
import dev.hallpass.api.v1alpha1.HallpassApi;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.crdv2.generator.CRDGenerator;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionVersion;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Generates the CRDs from the Java types. {@code hack/generate} runs {@link #main}. */
final class CrdFiles {
  /** Where each CRD is kept: for people, and for the chart. */
  static final List<Path> FOLDERS = List.of(Path.of("crds"), Path.of("helm/hallpass/files/crds"));

  /**
   * What a lease is whose status nobody has written yet. The API server fills it in as it reads, so
   * that a fresh lease is not without a word in {@code kubectl get}.
   */
  private static final JsonNode PENDING =
      JsonNodeFactory.instance.objectNode().put("phase", LeasePhase.Pending.name());

  private CrdFiles() {}

  private static final List<Class<? extends HasMetadata>> KINDS =
      List.of(
          CredentialRequest.class,
          CredentialProvider.class,
          ClusterCredentialProvider.class,
          CredentialLease.class,
          CredentialPolicy.class,
          CredentialApproval.class,
          BreakGlass.class);

  /** The files that should be, by name. */
  static Map<String, String> generate() throws IOException {
    var folder = Files.createTempDirectory("crds");
    var generator = new CRDGenerator();
    KINDS.forEach(generator::customResourceClasses);
    generator.forCRDVersions("v1").inOutputDir(folder.toFile()).detailedGenerate();
    var files = new TreeMap<String, String>();
    try (var generated = Files.list(folder)) {
      for (var file : generated.toList()) {
        var crd = Serialization.unmarshal(Files.readString(file), CustomResourceDefinition.class);
        crd.getSpec().getNames().setCategories(List.of(HallpassApi.CATEGORY));
        crd.getSpec()
            .getVersions()
            .forEach(v -> orderColumns(v, crd.getSpec().getNames().getKind()));
        crd.getSpec()
            .getVersions()
            .forEach(
                v -> {
                  var schema = v.getSchema().getOpenAPIV3Schema();
                  schema.setRequired(List.of("spec"));
                  distinctRules(schema);
                  describe(schema, type(crd.getSpec().getNames().getKind()));
                  var status = schema.getProperties().get("status");
                  if (status != null) {
                    ConditionSchema.complete(status);
                  }
                  if (crd.getSpec().getNames().getKind().equals("CredentialLease")) {
                    status.setDefault(PENDING);
                  }
                });
        files.put(crd.getSpec().getNames().getPlural() + ".yaml", Serialization.asYaml(crd));
        Files.delete(file);
      }
    }
    Files.delete(folder);
    return files;
  }

  /** The generator sorts columns by path; people read them in the order of the annotations. */
  private static void orderColumns(CustomResourceDefinitionVersion version, String kind) {
    var order =
        Stream.of(type(kind).getAnnotationsByType(AdditionalPrinterColumn.class))
            .map(AdditionalPrinterColumn::name)
            .toList();
    var columns = new ArrayList<>(version.getAdditionalPrinterColumns());
    columns.sort(Comparator.comparingInt(c -> order.indexOf(c.getName())));
    version.setAdditionalPrinterColumns(columns);
  }

  private static Class<? extends HasMetadata> type(String kind) {
    return KINDS.stream().filter(k -> k.getSimpleName().equals(kind)).findFirst().orElseThrow();
  }

  /** What the generator leaves out: what the kind, its spec and its status are. */
  private static void describe(JSONSchemaProps schema, Class<? extends HasMetadata> type) {
    var parts = ((ParameterizedType) type.getGenericSuperclass()).getActualTypeArguments();
    schema.setDescription(description(type));
    schema.getProperties().get("spec").setDescription(description((Class<?>) parts[0]));
    if (parts[1] == Void.class) {
      schema.getProperties().remove("status");
    } else {
      schema.getProperties().get("status").setDescription(description((Class<?>) parts[1]));
    }
  }

  private static String description(Class<?> type) {
    return type.getAnnotation(JsonClassDescription.class).value();
  }

  /** An annotation on a record component is found twice: on its field and on its accessor. */
  private static void distinctRules(JSONSchemaProps schema) {
    schema.setXKubernetesValidations(
        schema.getXKubernetesValidations().stream().distinct().toList());
    schema.getProperties().values().forEach(CrdFiles::distinctRules);
    if (schema.getItems() != null && schema.getItems().getSchema() != null) {
      distinctRules(schema.getItems().getSchema());
    }
  }

  public static void main(String[] args) throws IOException {
    for (var file : generate().entrySet()) {
      for (var folder : FOLDERS) {
        Files.writeString(Files.createDirectories(folder).resolve(file.getKey()), file.getValue());
      }
    }
  }
}
