package dev.hallpass.policy.cel;

import static dev.cel.common.types.SimpleType.BOOL;
import static dev.cel.common.types.SimpleType.INT;
import static dev.cel.common.types.SimpleType.STRING;
import static dev.cel.common.types.SimpleType.TIMESTAMP;
import static dev.hallpass.policy.cel.Function.global;
import static dev.hallpass.policy.cel.Function.member;

import com.google.common.collect.ImmutableList;
import com.google.errorprone.annotations.Immutable;
import dev.cel.bundle.CelBuilder;
import dev.cel.common.types.CelType;
import dev.cel.common.types.OpaqueType;
import io.fabric8.kubernetes.api.model.Quantity;
import java.time.Instant;

/**
 * Functions beside CEL's own. {@code quantity} and what is about addresses are as in Kubernetes;
 * {@code image} and {@code within} are ours.
 */
final class Functions {
  private static final CelType IMAGE = OpaqueType.create("hallpass.Image");
  private static final CelType QUANTITY = OpaqueType.create("kubernetes.Quantity");
  private static final Class<ImageName> NAME = ImageName.class;
  private static final Class<Quantity> AMOUNT = Quantity.class;

  private static final ImmutableList<Function> OWN =
      ImmutableList.of(
          member(
              "within",
              BOOL,
              TIMESTAMP,
              Instant.class,
              STRING,
              (moment, where) -> TimeWindow.parse(where.get(0)).holds(moment, where.get(1)),
              "whether the moment is in a window of each week, such as Mon-Fri 08:00-18:00, in a time"
                  + " zone such as Europe/Berlin. The days can be left out. A window that ends before"
                  + " it starts goes on into the next day"),
          global(
              "image",
              IMAGE,
              STRING,
              String.class,
              ImageName::parse,
              "the name of a container's image, with what runtimes fill in: docker.io, and there library/"),
          member("registry", STRING, IMAGE, NAME, ImageName::registry, "its host, with the port"),
          member("repository", STRING, IMAGE, NAME, ImageName::repository, "the path there"),
          member("tag", STRING, IMAGE, NAME, ImageName::tag, "empty where there is none"),
          member(
              "digest",
              STRING,
              IMAGE,
              NAME,
              ImageName::digest,
              "such as sha256:…; empty where there is none"),
          global(
              "quantity", QUANTITY, STRING, String.class, Quantity::parse, "an amount, e.g. 512Mi"),
          global(
              "isQuantity",
              BOOL,
              STRING,
              String.class,
              Functions::isQuantity,
              "whether a text is one"),
          compared("compareTo", INT, order -> (long) order, "-1, 0 or 1"),
          compared("isLessThan", BOOL, order -> order < 0, "whether it is less"),
          compared("isGreaterThan", BOOL, order -> order > 0, "whether it is more"));

  private Functions() {}

  /** All of them, in the order in which a person reads of them. */
  static ImmutableList<Function> all() {
    return ImmutableList.<Function>builder().addAll(OWN).addAll(Network.ALL).build();
  }

  @Immutable
  @FunctionalInterface
  private interface Order {
    Object told(int order);
  }

  private static Function compared(String name, CelType result, Order order, String meaning) {
    return member(
        name,
        result,
        QUANTITY,
        AMOUNT,
        QUANTITY,
        AMOUNT,
        (one, other) -> order.told(one.getNumericalAmount().compareTo(other.getNumericalAmount())),
        meaning);
  }

  private static boolean isQuantity(String text) {
    try {
      return Quantity.parse(text).getNumericalAmount() != null;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  static void addTo(CelBuilder cel) {
    for (var function : all()) {
      cel.addFunctionDeclarations(function.declaration());
      cel.addFunctionBindings(function.binding());
    }
  }
}
