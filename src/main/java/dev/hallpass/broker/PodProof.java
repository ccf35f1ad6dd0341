package dev.hallpass.broker;

import dev.hallpass.broker.Proof.Accepted;
import dev.hallpass.broker.Proof.Refused;
import dev.hallpass.lease.PodLife;
import dev.hallpass.wire.Reason;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodIP;
import java.net.InetAddress;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Whether the pod that a token names is live and is the one that calls. TokenReview alone is not
 * enough: it says yes for 10 s after a pod was force-deleted, for 60 s into its termination, and
 * whoever holds the token.
 */
final class PodProof {
  private PodProof() {}

  /**
   * Judges a call.
   *
   * @param pod the pod of the token's name, as the API server has it now; null where there is none
   * @param address the address the call comes from
   */
  static Proof judge(PodToken token, @Nullable Pod pod, String address) {
    if (pod == null || !token.podUid().equals(pod.getMetadata().getUid())) {
      return refused(Reason.PodGone, "pod %s is gone".formatted(token.pod()));
    }
    if (pod.getMetadata().getDeletionTimestamp() != null) {
      return refused(Reason.PodTerminating, "pod %s is being deleted".formatted(token.pod()));
    }
    if (!(PodLife.of(pod) instanceof PodLife.Live)) {
      return refused(Reason.PodEnded, "pod %s has ended".formatted(token.pod()));
    }
    if (!token.serviceAccount().equals(pod.getSpec().getServiceAccountName())) {
      return refused(Reason.TokenInvalid, "the pod does not run as the token's service account");
    }
    if (token.node() != null && !token.node().equals(pod.getSpec().getNodeName())) {
      return refused(Reason.TokenInvalid, "the pod does not run on the token's node");
    }
    if (Boolean.TRUE.equals(pod.getSpec().getHostNetwork())) {
      return refused(
          Reason.HostNetworkUnsupported, "a pod in the node's network shares the node's address");
    }
    var addresses = addresses(pod);
    if (addresses.isEmpty()) {
      return refused(Reason.PodAddressUnknown, "the pod's address is not known yet");
    }
    if (!addresses.contains(canonical(address))) {
      return refused(
          Reason.AddressMismatch,
          "the call comes from %s, which is not an address of pod %s"
              .formatted(address, token.pod()));
    }
    return new Accepted(pod);
  }

  private static Set<InetAddress> addresses(Pod pod) {
    var status = pod.getStatus();
    return Stream.concat(
            Stream.ofNullable(status.getPodIP()), status.getPodIPs().stream().map(PodIP::getIp))
        .filter(Objects::nonNull)
        .map(PodProof::canonical)
        .collect(Collectors.toUnmodifiableSet());
  }

  /** IPv6 has many spellings of one address (RFC 5952). */
  private static InetAddress canonical(String address) {
    return InetAddress.ofLiteral(address);
  }

  private static Refused refused(Reason reason, String detail) {
    return new Refused(reason, detail);
  }
}
