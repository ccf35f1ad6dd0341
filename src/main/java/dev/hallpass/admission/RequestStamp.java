package dev.hallpass.admission;

import static dev.hallpass.api.v1alpha1.HallpassApi.CHANGED_BY_ANNOTATION;
import static dev.hallpass.api.v1alpha1.HallpassApi.CREATED_BY_ANNOTATION;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import org.jspecify.annotations.Nullable;

/**
 * Writes on a CredentialRequest who created it, and who last changed its spec, whatever the
 * manifest says. Pure.
 */
final class RequestStamp {
  private static final String ANNOTATIONS = "/metadata/annotations";

  private RequestStamp() {}

  /**
   * What must be patched.
   *
   * @param object as it is to be
   * @param old as it was; missing where it is created
   * @param user who does it
   */
  static ArrayNode patch(JsonNode object, JsonNode old, String user) {
    var patch = new JsonPatch();
    var annotations = object.path("metadata").path("annotations");
    if (!annotations.isObject()) {
      patch.add(ANNOTATIONS, JsonNodeFactory.instance.objectNode());
    }
    set(patch, annotations, CREATED_BY_ANNOTATION, createdBy(old, user));
    set(patch, annotations, CHANGED_BY_ANNOTATION, changedBy(object, old, user));
    return patch.operations();
  }

  private static @Nullable String createdBy(JsonNode old, String user) {
    return old.isObject() ? annotation(old, CREATED_BY_ANNOTATION) : user;
  }

  /** Of a request from before there were stamps nobody knows who made it: it is taken over. */
  private static @Nullable String changedBy(JsonNode object, JsonNode old, String user) {
    if (!old.isObject() || !object.path("spec").equals(old.path("spec"))) {
      return user;
    }
    var known = annotation(old, CHANGED_BY_ANNOTATION);
    return known == null && annotation(old, CREATED_BY_ANNOTATION) == null ? user : known;
  }

  private static @Nullable String annotation(JsonNode object, String key) {
    return object.path("metadata").path("annotations").path(key).textValue();
  }

  private static void set(
      JsonPatch patch, JsonNode annotations, String key, @Nullable String value) {
    var path = ANNOTATIONS + "/" + key.replace("~", "~0").replace("/", "~1");
    if (value == null && annotations.has(key)) {
      patch.remove(path);
    } else if (value != null && !value.equals(annotations.path(key).textValue())) {
      patch.add(path, JsonNodeFactory.instance.textNode(value));
    }
  }
}
