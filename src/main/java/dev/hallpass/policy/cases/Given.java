package dev.hallpass.policy.cases;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hallpass.policy.Durations;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a case changes of the facts that are made up for it: manifests, merged into those of {@link
 * MadeUp} (RFC 7396).
 *
 * @param now the moment; a Wednesday noon in UTC where it is left out
 * @param namespace the pod's
 * @param pod the pod that asks
 * @param request the CredentialRequest, without its credentials
 * @param credential the credential that is asked for
 * @param provider kind, name and labels
 * @param access the access level
 * @param ttl what is asked for, in place of the credential's
 * @param lease the lease that is renewed; left out, it is the first issue
 * @param leases those of the workload's other pods
 * @param owners what controls the pod, nearest first
 * @param node the node; null says that it is gone
 * @param params the data of ConfigMaps, and objects of other kinds, by their names
 */
record Given(
    @Nullable String now,
    @Nullable JsonNode namespace,
    @Nullable JsonNode pod,
    @Nullable JsonNode request,
    @Nullable JsonNode credential,
    @Nullable JsonNode provider,
    @Nullable JsonNode access,
    @Nullable String ttl,
    @Nullable JsonNode lease,
    @Nullable JsonNode leases,
    @Nullable JsonNode owners,
    @Nullable JsonNode node,
    @Nullable Map<String, JsonNode> params) {

  Instant moment() {
    try {
      return Instant.parse(now == null ? MadeUp.NOW : now);
    } catch (DateTimeParseException e) {
      throw new MalformedCasesException(
          "given.now: must be a time such as %s, not %s".formatted(MadeUp.NOW, now));
    }
  }

  /** For how long it is asked for. */
  Duration duration(String credentials) {
    var text = ttl == null ? credentials : ttl;
    try {
      return Durations.parse(text);
    } catch (IllegalArgumentException e) {
      throw new MalformedCasesException("given.ttl: " + e.getMessage());
    }
  }

  /** What is made up, as the case has changed it. */
  static ObjectNode over(String madeUp, @Nullable JsonNode changes, String field) {
    var base = Trees.tree(madeUp);
    return changes == null ? base : Trees.merged(base, changes, "given." + field);
  }
}
