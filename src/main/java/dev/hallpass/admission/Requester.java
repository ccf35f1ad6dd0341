package dev.hallpass.admission;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hallpass.api.v1alpha1.UserIdentity;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who asks the API server for something, as it authenticated them.
 *
 * @param username the user name
 * @param uid their UID, where one is known
 * @param groups their groups
 * @param extra what authorizers may look at beside
 */
record Requester(
    String username, @Nullable String uid, List<String> groups, Map<String, List<String>> extra) {

  /**
   * Who sent the request of a review.
   *
   * @throws IllegalArgumentException where it does not say
   */
  static Requester of(Review review) {
    var user = review.request().path("userInfo");
    var name = user.path("username").asText();
    if (name.isEmpty()) {
      throw new IllegalArgumentException("the review does not say who asks");
    }
    var uid = user.path("uid").asText();
    var extra = new LinkedHashMap<String, List<String>>();
    user.path("extra").properties().forEach(e -> extra.put(e.getKey(), texts(e.getValue())));
    return new Requester(name, uid.isEmpty() ? null : uid, texts(user.path("groups")), extra);
  }

  private static List<String> texts(JsonNode list) {
    var texts = new ArrayList<String>();
    list.forEach(item -> texts.add(item.asText()));
    return List.copyOf(texts);
  }

  /** As it is written down. */
  UserIdentity identity() {
    return new UserIdentity(username, uid, groups.isEmpty() ? null : groups);
  }
}
