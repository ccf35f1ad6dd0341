package dev.hallpass.provider;

import java.util.LinkedHashSet;
import java.util.Set;
import java.util.TreeSet;

/**
 * The names of what a provider's credentials consist of, as templates call them.
 *
 * @param present those that its credentials have
 * @param absent those that credentials of such targets can have, and this provider's have not
 */
public record Fields(Set<String> present, Set<String> absent) {

  /** Of a target whose credentials all have the same. */
  public Fields(Set<String> present) {
    this(present, Set.of());
  }

  /** Whether such targets know it at all. */
  public boolean knows(String name) {
    return present.contains(name) || absent.contains(name);
  }

  /** One that some providers have, as this one does or does not. */
  public Fields with(String name, Presence presence) {
    var in = new LinkedHashSet<>(present);
    var out = new LinkedHashSet<>(absent);
    (presence == Presence.Here ? in : out).add(name);
    return new Fields(Set.copyOf(in), Set.copyOf(out));
  }

  /** Those that are there, for people. */
  public String listed() {
    return String.join(", ", new TreeSet<>(present));
  }

  /** Whether a provider's credentials have a field. */
  public enum Presence {
    Here,
    Elsewhere
  }
}
