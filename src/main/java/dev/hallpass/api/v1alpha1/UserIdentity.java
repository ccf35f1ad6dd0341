package dev.hallpass.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A user, as the API server authenticated them. Written by admission alone. */
public record UserIdentity(
    @Required @JsonPropertyDescription("The user name.") String username,
    @JsonPropertyDescription("The user's UID, where the API server knows one.")
        @Nullable String uid,
    @JsonPropertyDescription("The groups that the user was in.") @Nullable List<String> groups) {

  /** The groups; none where there are none. */
  public List<String> groupsOrNone() {
    return groups == null ? List.of() : groups;
  }
}
