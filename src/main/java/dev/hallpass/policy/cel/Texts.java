package dev.hallpass.policy.cel;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.Sets;
import dev.cel.extensions.CelExtensions;
import dev.cel.extensions.CelStringExtensions;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelFunctionBinding;
import dev.cel.runtime.CelRuntimeLibrary;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Functions of CEL's strings extension whose result can be a product of what they are given:
 * refused before it is made where it is too large.
 *
 * @see <a href="https://github.com/google/cel-go/tree/master/ext#strings">Strings extension</a>
 */
final class Texts {
  private static final Set<CelStringExtensions.Function> OWN =
      EnumSet.of(CelStringExtensions.Function.JOIN, CelStringExtensions.Function.REPLACE);
  private static final long ALL = -1;

  private Texts() {}

  /** The extension, with these in the place of its own. */
  static CelRuntimeLibrary library() {
    var others =
        CelExtensions.strings(
            Sets.difference(EnumSet.allOf(CelStringExtensions.Function.class), OWN));
    return runtime -> {
      others.setRuntimeOptions(runtime);
      runtime.addFunctionBindings(
          CelFunctionBinding.fromOverloads(
              "join",
              CelFunctionBinding.from("list_join", List.class, list -> join(list, "")),
              CelFunctionBinding.from("list_join_string", List.class, String.class, Texts::join)));
      runtime.addFunctionBindings(
          CelFunctionBinding.fromOverloads(
              "replace",
              CelFunctionBinding.from(
                  "string_replace_string_string",
                  ImmutableList.of(String.class, String.class, String.class),
                  all -> replace((String) all[0], (String) all[1], (String) all[2], ALL)),
              CelFunctionBinding.from(
                  "string_replace_string_string_int",
                  ImmutableList.of(String.class, String.class, String.class, Long.class),
                  all ->
                      replace((String) all[0], (String) all[1], (String) all[2], (Long) all[3]))));
    };
  }

  private static String join(List<?> list, String between) throws CelEvaluationException {
    var texts = list.stream().map(String.class::cast).toList();
    var length = (long) between.length() * list.size();
    for (var text : texts) {
      length += text.length();
    }
    Allowance.require(length);
    return String.join(between, texts);
  }

  /**
   * Replaces the first so many occurrences.
   *
   * @param search where it is empty, it occurs before each character and at the end
   * @param most all where it is negative
   */
  private static String replace(String text, String search, String by, long most)
      throws CelEvaluationException {
    var made = new StringBuilder();
    var from = 0;
    var at = text.indexOf(search);
    for (var left = most; at >= 0 && left != 0; left--) {
      made.append(text, from, at).append(by);
      Allowance.require(made.length());
      from = at + search.length();
      at = next(text, search, from);
    }
    return made.append(text, from, text.length()).toString();
  }

  private static int next(String text, String search, int from) {
    if (!search.isEmpty()) {
      return text.indexOf(search, from);
    }
    return from < text.length() ? text.offsetByCodePoints(from, 1) : -1;
  }
}
