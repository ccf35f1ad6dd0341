package dev.hallpass.kube;

import dev.hallpass.api.v1alpha1.HallpassApi;
import java.util.regex.Pattern;

/**
 * Names of objects, before they become part of a URL: what has a slash in it names something else,
 * or the same under another name.
 */
public final class ObjectName {
  private static final int MAX = 253;
  private static final Pattern GRAMMAR = Pattern.compile(HallpassApi.NAME);

  private ObjectName() {}

  /** Whether an object can have that name (a DNS subdomain, RFC 1123). */
  public static boolean isValid(String name) {
    return name.length() <= MAX && GRAMMAR.matcher(name).matches();
  }
}
