package dev.hallpass.broker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hallpass.api.v1alpha1.HallpassApi;
import dev.hallpass.wire.Secret;
import java.io.IOException;
import java.util.Base64;

/**
 * What a token claims of itself, unverified: good for refusing what the API server would refuse
 * anyhow, and for nothing else.
 */
final class TokenClaims {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int MAX_LENGTH = 16_384;

  private TokenClaims() {}

  /** Whether it is a service account's JWT (RFC 7519) for our audience, if it tells the truth. */
  static boolean mayBeOurs(Secret token) {
    var text = token.reveal();
    var parts = text.length() > MAX_LENGTH ? new String[0] : text.split("\\.", -1);
    if (parts.length != 3) {
      return false;
    }
    try {
      var audience = JSON.readTree(Base64.getUrlDecoder().decode(parts[1])).path("aud");
      return names(audience, HallpassApi.TOKEN_AUDIENCE);
    } catch (IOException | IllegalArgumentException e) {
      return false;
    }
  }

  /** One audience may stand without an array (RFC 7519, 4.1.3). */
  private static boolean names(JsonNode audience, String wanted) {
    if (!audience.isArray()) {
      return wanted.equals(audience.asText());
    }
    for (var one : audience) {
      if (wanted.equals(one.asText())) {
        return true;
      }
    }
    return false;
  }
}
