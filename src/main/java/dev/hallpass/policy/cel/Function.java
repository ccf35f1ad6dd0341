package dev.hallpass.policy.cel;

import static dev.cel.common.CelFunctionDecl.newFunctionDeclaration;
import static dev.cel.common.CelOverloadDecl.newGlobalOverload;
import static dev.cel.common.CelOverloadDecl.newMemberOverload;

import com.google.common.collect.ImmutableList;
import com.google.errorprone.annotations.Immutable;
import dev.cel.common.CelFunctionDecl;
import dev.cel.common.types.CelType;
import dev.cel.runtime.CelFunctionBinding;

/**
 * A function beside CEL's own, in one of its forms.
 *
 * @param declaration its name and types
 * @param binding what it does
 * @param meaning what a person reads
 */
record Function(CelFunctionDecl declaration, CelFunctionBinding binding, String meaning) {

  @Immutable
  @FunctionalInterface
  interface OfOne<A> {
    Object apply(A in);
  }

  @Immutable
  @FunctionalInterface
  interface OfTwo<A, B> {
    Object apply(A in, B other);
  }

  /** {@code name(in)}. */
  static <A> Function global(
      String name, CelType result, CelType in, Class<A> type, OfOne<A> does, String meaning) {
    var id = name + "_" + in.name();
    return new Function(
        newFunctionDeclaration(name, newGlobalOverload(id, result, in)),
        CelFunctionBinding.from(id, type, does::apply),
        meaning);
  }

  /** {@code of.name()}. */
  static <A> Function member(
      String name, CelType result, CelType of, Class<A> type, OfOne<A> does, String meaning) {
    var id = of.name() + "_" + name;
    return new Function(
        newFunctionDeclaration(name, newMemberOverload(id, result, of)),
        CelFunctionBinding.from(id, type, does::apply),
        meaning);
  }

  /** {@code of.name(in)}. */
  static <A, B> Function member(
      String name,
      CelType result,
      CelType of,
      Class<A> type,
      CelType in,
      Class<B> other,
      OfTwo<A, B> does,
      String meaning) {
    var id = of.name() + "_" + name + "_" + in.name();
    return new Function(
        newFunctionDeclaration(name, newMemberOverload(id, result, of, in)),
        CelFunctionBinding.from(id, type, other, does::apply),
        meaning);
  }

  /** {@code of.name(text, text)}. */
  static <A> Function member(
      String name,
      CelType result,
      CelType of,
      Class<A> type,
      CelType in,
      OfTwo<A, ImmutableList<String>> does,
      String meaning) {
    var id = of.name() + "_" + name;
    return new Function(
        newFunctionDeclaration(name, newMemberOverload(id, result, of, in, in)),
        CelFunctionBinding.from(
            id,
            ImmutableList.of(type, String.class, String.class),
            all ->
                does.apply(type.cast(all[0]), ImmutableList.of((String) all[1], (String) all[2]))),
        meaning);
  }
}
