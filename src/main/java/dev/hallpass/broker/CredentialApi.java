package dev.hallpass.broker;

import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.api.v1alpha1.CredentialRequest;
import dev.hallpass.delivery.FileWriter;
import dev.hallpass.delivery.TemplateException;
import dev.hallpass.kube.Events;
import dev.hallpass.kube.LogKeys;
import dev.hallpass.kube.ObjectName;
import dev.hallpass.lease.Claim;
import dev.hallpass.lease.LeaseIssuer;
import dev.hallpass.lease.LeaseStore;
import dev.hallpass.lease.RefusedException;
import dev.hallpass.wire.Codec;
import dev.hallpass.wire.IssueAnswer;
import dev.hallpass.wire.IssueRequest;
import dev.hallpass.wire.LeaseAnswer;
import dev.hallpass.wire.Reason;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.List;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.jboss.logging.MDC;

/** The calls of an agent: issue, acknowledge, renew, check. */
public final class CredentialApi {
  private static final Logger LOG = Logger.getLogger(CredentialApi.class);

  private final Callers callers;
  private final Claims claims;
  private final LeaseStore leases;
  private final LeaseIssuer issuer;
  private final Events events;
  private final Supplier<String> trustBundle;

  CredentialApi(
      Callers callers,
      Claims claims,
      LeaseStore leases,
      LeaseIssuer issuer,
      Events events,
      Supplier<String> trustBundle) {
    this.callers = callers;
    this.claims = claims;
    this.leases = leases;
    this.issuer = issuer;
    this.events = events;
    this.trustBundle = trustBundle;
  }

  byte[] issue(Call call) {
    var asked = Codec.issueRequest(call.body().getBytes());
    requireName(asked.request());
    var replaces = asked.replaces();
    if (replaces != null) {
      requireName(replaces.lease());
    }
    var pod = callers.prove(call);
    return telling(
        pod,
        () -> {
          var request = claims.request(pod, asked.request());
          return telling(request, () -> issue(pod, request, asked));
        });
  }

  private byte[] issue(Pod pod, CredentialRequest request, IssueRequest asked) {
    var claim = claims.claim(pod, asked.request(), asked.credential());
    var certifying = claim.certifying(KeyProof.judge(claim, asked.csr()));
    var issued = issuer.issue(certifying, asked.replaces());
    done(Reason.Issued, issued.lease());
    events.say(
        Events.about(pod),
        Events.Type.Normal,
        Reason.Issued,
        "Credential %s of request %s"
            .formatted(asked.credential(), request.getMetadata().getName()));
    return Codec.encode(
        new IssueAnswer(issued.lease(), issued.epoch(), files(claim, issued), trustBundle.get()));
  }

  private static List<IssueAnswer.File> files(Claim claim, LeaseIssuer.Issued issued) {
    try {
      return FileWriter.render(claim.credential(), issued.material());
    } catch (TemplateException e) {
      throw new RefusedException(
          Reason.TemplateInvalid,
          "spec.credentials[%s].delivery.files.template: %s"
              .formatted(claim.credential().name(), e.getMessage()));
    }
  }

  byte[] acknowledge(Call call) {
    return held(call, Reason.Activated, issuer::acknowledge);
  }

  byte[] renew(Call call) {
    return held(call, Reason.Renewed, issuer::renew);
  }

  /**
   * Whether the pod's lease still stands. It writes nothing, decides nothing, and is not logged:
   * agents make it at a word of anybody's.
   */
  byte[] check(Call call) {
    var asked = Codec.leaseCall(call.body().getBytes());
    requireName(asked.lease());
    var pod = callers.prove(call);
    issuer.requireStanding(lease(pod, asked.lease()), asked.epoch());
    return Codec.encode(asked);
  }

  /** What is done to a lease that a pod holds. */
  @FunctionalInterface
  private interface Step {
    LeaseIssuer.Usable take(Claim claim, CredentialLease lease, long epoch);
  }

  private byte[] held(Call call, Reason outcome, Step step) {
    var asked = Codec.leaseCall(call.body().getBytes());
    requireName(asked.lease());
    var pod = callers.prove(call);
    return telling(
        pod,
        () -> {
          var lease = lease(pod, asked.lease());
          var usable = step.take(claims.underlying(pod, lease), lease, asked.epoch());
          done(outcome, usable.lease());
          return Codec.encode(
              new LeaseAnswer(
                  usable.lease(), usable.expiresAt(), usable.next(), trustBundle.get()));
        });
  }

  /** Whoever looks at the object sees a refusal that stays until somebody acts. */
  private byte[] telling(HasMetadata concerned, Supplier<byte[]> work) {
    try {
      return work.get();
    } catch (RefusedException e) {
      if (HttpStatus.isFinal(e.reason())) {
        events.say(Events.about(concerned), Events.Type.Warning, e.reason(), e.detail());
      }
      throw e;
    }
  }

  /** A lease of another pod is not told from one that does not exist. */
  private CredentialLease lease(Pod pod, String name) {
    MDC.put(LogKeys.LEASE, name);
    return leases
        .get(pod.getMetadata().getNamespace(), name)
        .filter(l -> l.getSpec().pod().uid().equals(pod.getMetadata().getUid()))
        .orElseThrow(
            () ->
                new RefusedException(
                    Reason.LeaseNotFound, "the pod has no lease %s".formatted(name)));
  }

  private static void requireName(String name) {
    if (!ObjectName.isValid(name)) {
      throw new RefusedException(Reason.BadRequest, "the call names no object");
    }
  }

  private static void done(Reason outcome, String lease) {
    MDC.put(LogKeys.LEASE, lease);
    MDC.put(LogKeys.REASON, outcome);
    LOG.info("call answered");
  }
}
