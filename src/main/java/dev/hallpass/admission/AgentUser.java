package dev.hallpass.admission;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSecurityContext;
import io.fabric8.kubernetes.api.model.SecurityContext;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Whom the agent runs as, and who can read what it writes. In this order:
 *
 * <ol>
 *   <li>all consumers run as the same named user, not root: the agent runs as that user, and the
 *       files are that user's alone;
 *   <li>the pod has an {@code fsGroup}: every container is in it, and the volume's files get it;
 *   <li>otherwise an image decides whom a container runs as, which nobody knows at admission: the
 *       files are readable by all users of the containers that mount the volume, and of no other.
 * </ol>
 *
 * @param uid the user, never 0
 * @param gid the group
 * @param fileMode of the files, octal
 */
public record AgentUser(long uid, long gid, String fileMode) {
  static final long OWN_ID = 65532;

  static AgentUser of(Pod pod, Set<String> consumers) {
    var podContext = pod.getSpec().getSecurityContext();
    var containers = Pods.containers(pod).filter(c -> consumers.contains(c.getName())).toList();
    var uid =
        agreed(
            containers,
            SecurityContext::getRunAsUser,
            podContext == null ? null : podContext.getRunAsUser());
    if (uid != null && uid != 0) {
      var gid =
          agreed(
              containers,
              SecurityContext::getRunAsGroup,
              podContext == null ? null : podContext.getRunAsGroup());
      return new AgentUser(uid, gid == null ? OWN_ID : gid, "0400");
    }
    return new AgentUser(OWN_ID, OWN_ID, hasGroup(podContext) ? "0440" : "0444");
  }

  private static boolean hasGroup(@Nullable PodSecurityContext context) {
    return context != null && context.getFsGroup() != null;
  }

  private static @Nullable Long agreed(
      List<Container> containers,
      Function<SecurityContext, @Nullable Long> field,
      @Nullable Long ofPod) {
    Long all = null;
    for (var container : containers) {
      var context = container.getSecurityContext();
      var own = context == null ? null : field.apply(context);
      var effective = own == null ? ofPod : own;
      if (effective == null || (all != null && !all.equals(effective))) {
        return null;
      }
      all = effective;
    }
    return all;
  }
}
