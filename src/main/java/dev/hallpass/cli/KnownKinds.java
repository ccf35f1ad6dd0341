package dev.hallpass.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;

/** Reading and writing of objects whose kind is known beforehand. */
final class KnownKinds {
  private KnownKinds() {}

  /**
   * Without a search for all kinds that there are, which takes longer than most commands: whoever
   * reads names the class.
   */
  static KubernetesSerialization serialization() {
    return new KubernetesSerialization(new ObjectMapper(), false);
  }
}
