package dev.hallpass.admission;

import dev.hallpass.api.v1alpha1.Delivery;
import java.util.Set;

/**
 * Containers that see the same credentials. They share a volume, which no other container mounts,
 * so that each sees what was delivered to it and nothing else.
 *
 * @param number from 1, in the order of the pod's containers
 * @param containers that mount its volume
 * @param credentials that are written into it, as {@code request/credential}
 */
public record View(int number, Set<String> containers, Set<String> credentials) {
  private static final String VOLUME = "hallpass-credentials";

  /** Whether a volume of that name is one of a view. */
  static boolean isVolume(String name) {
    return name.equals(VOLUME) || name.startsWith(VOLUME + "-");
  }

  /** The name of its volume. */
  String volume() {
    return VOLUME + suffix();
  }

  /** Where the agent has its volume; the containers all have theirs at the same path. */
  String folder() {
    return Delivery.MOUNT_PATH + suffix();
  }

  private String suffix() {
    return number == 1 ? "" : "-" + number;
  }
}
