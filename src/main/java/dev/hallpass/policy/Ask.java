package dev.hallpass.policy;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.hallpass.api.v1alpha1.CredentialRequest;
import dev.hallpass.api.v1alpha1.CredentialRequestSpec.RequestedCredential;
import dev.hallpass.api.v1alpha1.CredentialRequestSpec.Workload;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * What is asked for, and by whom: all of a request that concerns one credential. Its digest is what
 * people approve, so that an approval never speaks of a request as it became later.
 *
 * <p>The level's meaning at the provider is not part of it: that is the target owner's word.
 */
public record Ask(
    String namespace,
    String request,
    String uid,
    Workload workload,
    String owner,
    String purpose,
    RequestedCredential credential) {
  private static final JsonMapper CANONICAL =
      JsonMapper.builder()
          .enable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
          .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
          .defaultPropertyInclusion(JsonInclude.Value.construct(Include.NON_NULL, Include.NON_NULL))
          .build();

  /** The digest, {@code sha256:} and 64 hex digits. */
  public static String digest(CredentialRequest request, RequestedCredential credential) {
    var meta = request.getMetadata();
    var spec = request.getSpec();
    return new Ask(
            meta.getNamespace(),
            meta.getName(),
            meta.getUid(),
            spec.workload(),
            spec.owner(),
            spec.purpose(),
            credential)
        .digest();
  }

  private String digest() {
    try {
      var sha = MessageDigest.getInstance("SHA-256");
      return "sha256:" + HexFormat.of().formatHex(sha.digest(CANONICAL.writeValueAsBytes(this)));
    } catch (NoSuchAlgorithmException | JsonProcessingException e) {
      throw new IllegalStateException("a request cannot be digested", e);
    }
  }
}
