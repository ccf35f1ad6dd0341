package dev.hallpass.policy.cel;

import static dev.cel.common.CelFunctionDecl.newFunctionDeclaration;
import static dev.cel.common.CelOverloadDecl.newGlobalOverload;
import static dev.cel.common.CelOverloadDecl.newMemberOverload;

import com.google.common.collect.ImmutableList;
import dev.cel.bundle.CelBuilder;
import dev.cel.common.CelFunctionDecl;
import dev.cel.common.CelOverloadDecl;
import dev.cel.common.types.CelType;
import dev.cel.common.types.OpaqueType;
import dev.cel.common.types.SimpleType;
import dev.cel.runtime.CelFunctionBinding;
import io.fabric8.kubernetes.api.model.Quantity;
import java.time.Instant;

/**
 * Functions beside CEL's own. {@code quantity} and {@code cidr} are as in Kubernetes; {@code image}
 * and {@code within} are ours.
 */
final class Functions {
  private static final CelType IMAGE = OpaqueType.create("hallpass.Image");
  private static final CelType CIDR = OpaqueType.create("net.CIDR");
  private static final CelType QUANTITY = OpaqueType.create("kubernetes.Quantity");

  private record Function(CelFunctionDecl declaration, CelFunctionBinding binding) {}

  private static final ImmutableList<Function> ALL =
      ImmutableList.of(
          function(
              "within",
              newMemberOverload(
                  "timestamp_within",
                  SimpleType.BOOL,
                  SimpleType.TIMESTAMP,
                  SimpleType.STRING,
                  SimpleType.STRING),
              CelFunctionBinding.from(
                  "timestamp_within",
                  ImmutableList.of(Instant.class, String.class, String.class),
                  in -> TimeWindow.parse((String) in[1]).holds((Instant) in[0], (String) in[2]))),
          function(
              "image",
              newGlobalOverload("image_string", IMAGE, SimpleType.STRING),
              CelFunctionBinding.from("image_string", String.class, ImageName::parse)),
          function(
              "registry",
              newMemberOverload("image_registry", SimpleType.STRING, IMAGE),
              CelFunctionBinding.from("image_registry", ImageName.class, ImageName::registry)),
          function(
              "repository",
              newMemberOverload("image_repository", SimpleType.STRING, IMAGE),
              CelFunctionBinding.from("image_repository", ImageName.class, ImageName::repository)),
          function(
              "tag",
              newMemberOverload("image_tag", SimpleType.STRING, IMAGE),
              CelFunctionBinding.from("image_tag", ImageName.class, ImageName::tag)),
          function(
              "digest",
              newMemberOverload("image_digest", SimpleType.STRING, IMAGE),
              CelFunctionBinding.from("image_digest", ImageName.class, ImageName::digest)),
          function(
              "cidr",
              newGlobalOverload("string_to_cidr", CIDR, SimpleType.STRING),
              CelFunctionBinding.from("string_to_cidr", String.class, AddressBlock::parse)),
          function(
              "containsIP",
              newMemberOverload(
                  "cidr_contains_ip_string", SimpleType.BOOL, CIDR, SimpleType.STRING),
              CelFunctionBinding.from(
                  "cidr_contains_ip_string",
                  AddressBlock.class,
                  String.class,
                  AddressBlock::contains)),
          function(
              "quantity",
              newGlobalOverload("quantity_string", QUANTITY, SimpleType.STRING),
              CelFunctionBinding.from("quantity_string", String.class, Quantity::parse)),
          function(
              "compareTo",
              newMemberOverload("quantity_compare_to", SimpleType.INT, QUANTITY, QUANTITY),
              CelFunctionBinding.from(
                  "quantity_compare_to", Quantity.class, Quantity.class, Functions::compare)),
          function(
              "isLessThan",
              newMemberOverload("quantity_is_less_than", SimpleType.BOOL, QUANTITY, QUANTITY),
              CelFunctionBinding.from(
                  "quantity_is_less_than",
                  Quantity.class,
                  Quantity.class,
                  (a, b) -> compare(a, b) < 0)),
          function(
              "isGreaterThan",
              newMemberOverload("quantity_is_greater_than", SimpleType.BOOL, QUANTITY, QUANTITY),
              CelFunctionBinding.from(
                  "quantity_is_greater_than",
                  Quantity.class,
                  Quantity.class,
                  (a, b) -> compare(a, b) > 0)));

  private Functions() {}

  private static Function function(
      String name, CelOverloadDecl overload, CelFunctionBinding binding) {
    return new Function(newFunctionDeclaration(name, overload), binding);
  }

  private static long compare(Quantity one, Quantity other) {
    return one.getNumericalAmount().compareTo(other.getNumericalAmount());
  }

  static void addTo(CelBuilder cel) {
    for (var function : ALL) {
      cel.addFunctionDeclarations(function.declaration());
      cel.addFunctionBindings(function.binding());
    }
  }
}
