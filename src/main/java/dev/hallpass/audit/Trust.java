package dev.hallpass.audit;

import java.util.List;
import java.util.Map;

/**
 * What a verification rests on, and what must come another way than the files.
 *
 * @param keys that checkpoints may be signed by
 * @param heads the newest checkpoints that are known to exist; empty where only the files are known
 */
public record Trust(List<TrustedKey> keys, List<Head> heads) {

  /**
   * As the cluster has it.
   *
   * @param keys the data of ConfigMap {@link AuditStore#TRUSTED_KEYS}
   * @param heads the data of ConfigMap {@link AuditStore#HEADS}
   * @throws IllegalArgumentException where they are not what they should be
   */
  public static Trust of(Map<String, String> keys, Map<String, String> heads) {
    return new Trust(
        keys.entrySet().stream().map(e -> key(e.getKey(), e.getValue())).toList(),
        heads.values().stream().map(Head::of).toList());
  }

  private static TrustedKey key(String name, String text) {
    try {
      return TrustedKey.of(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("%s: %s".formatted(name, e.getMessage()), e);
    }
  }

  boolean vouches(Head head) {
    return keys.stream()
        .filter(key -> key.id().equals(head.key()))
        .anyMatch(key -> key.verifies(head.signature(), head.statement()));
  }
}
