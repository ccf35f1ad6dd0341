package dev.hallpass.api.v1alpha1;

import java.util.Set;

/** Names of the API group, and of every label, annotation and finalizer Hallpass sets or reads. */
public final class HallpassApi {
  public static final String GROUP = "hallpass.dev";
  public static final String VERSION = "v1alpha1";

  /** How Kubernetes names objects: a DNS subdomain (RFC 1123). */
  public static final String NAME = "^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$";

  /** A schema rule for such names. The refusal of a pattern would not say what to write. */
  public static final String NAME_FORM = "self.matches('" + NAME + "')";

  /** What a person reads where it does not hold, after the field. */
  public static final String NAME_WANTED =
      ": write lower case letters, digits, - and ., with a letter or digit at both ends";

  /** A schema rule for shorter names, such as a namespace's: a DNS label (RFC 1123). */
  public static final String LABEL_FORM = "self.matches('^[a-z0-9]([-a-z0-9]*[a-z0-9])?$')";

  /** What a person reads where it does not hold, after the field. */
  public static final String LABEL_WANTED =
      ": write lower case letters, digits and -, with a letter or digit at both ends";

  /** A schema rule for one word that begins with a capital. */
  public static final String WORD_FORM = "self.matches('^[A-Z][A-Za-z0-9]*$')";

  /** The {@code kubectl get hallpass} category of every kind. */
  public static final String CATEGORY = "hallpass";

  /** On a namespace, set by its platform team to {@code enabled}; read by the webhook. */
  public static final String INJECTION_LABEL = "hallpass.dev/injection";

  /** On a pod, set by the webhook: the requests it was injected for, comma separated. */
  public static final String INJECTED_ANNOTATION = "hallpass.dev/injected";

  /** On a lease, set by the broker at creation; removed by the controller once it is revoked. */
  public static final String REVOCATION_FINALIZER = "hallpass.dev/revocation";

  /** On a provider, set by the controller, and removed by it once no lease is left to revoke. */
  public static final String PROVIDER_FINALIZER = "hallpass.dev/leases";

  /**
   * On a break-glass, set by the webhook at creation and kept by it on every change; removed by the
   * controller once it is reviewed.
   */
  public static final String REVIEW_FINALIZER = "hallpass.dev/review";

  /**
   * On a ConfigMap of Hallpass's namespace, with any value: policies may take it for parameters.
   */
  public static final String PARAMS_LABEL = "hallpass.dev/params";

  /**
   * On a ClusterRole, set to {@code true} by whoever lets policies take parameters from a kind;
   * read by Kubernetes, which adds its rules to what broker and controller may.
   */
  public static final String PARAMS_ROLE_LABEL = "hallpass.dev/aggregate-to-params";

  /** On a lease, set by the broker: the UID of its pod, so that a pod's leases can be listed. */
  public static final String POD_UID_LABEL = "hallpass.dev/pod-uid";

  /**
   * On a lease, set by the broker: the UID of its request, so that the leases of a workload can be
   * listed.
   */
  public static final String REQUEST_UID_LABEL = "hallpass.dev/request-uid";

  /**
   * On a lease, a pod or a request, set by whoever wants its credentials to end; read by controller
   * and broker. With a time (RFC 3339), leases created until then end; with any other value they
   * all end, and nothing is issued while it stands.
   */
  public static final String REVOKE_ANNOTATION = "hallpass.dev/revoke";

  /**
   * On a CredentialRequest: the user who created it. Set by the webhook, whatever the manifest
   * says, and kept by it on every change. Read where approvals are given and counted: nobody
   * approves what they asked for.
   */
  public static final String CREATED_BY_ANNOTATION = "hallpass.dev/created-by";

  /** Beside it, set and read likewise: the user who last changed its spec. */
  public static final String CHANGED_BY_ANNOTATION = "hallpass.dev/changed-by";

  /**
   * On a lease or a break-glass, set and read by the controller: the ids of the events that the
   * receiver of notifications was told of, comma separated.
   */
  public static final String NOTIFIED_ANNOTATION = "hallpass.dev/notified";

  /** In a pod, added by the webhook: the agent that stays and renews. */
  public static final String AGENT_CONTAINER = "hallpass-agent";

  /** In a pod, added by the webhook: the agent that fetches once and ends. */
  public static final String INIT_CONTAINER = "hallpass-init";

  /** Both, by which the controller reads how far a pod's agents are. */
  public static final Set<String> AGENT_CONTAINERS = Set.of(AGENT_CONTAINER, INIT_CONTAINER);

  /** In a container that is to be signalled, set by the webhook and read by the agent: its name. */
  public static final String CONTAINER_VARIABLE = "HALLPASS_CONTAINER";

  /**
   * On what Hallpass makes at a target that is a Kubernetes cluster: which installation's it is.
   * Set by the broker, read by the sweep.
   */
  public static final String INSTALLATION_LABEL = "hallpass.dev/installation";

  /** Beside it: the newest issue under the lease. Set and read by the broker. */
  public static final String EPOCH_ANNOTATION = "hallpass.dev/epoch";

  /** Beside it, for people: the pod that holds the credential. Set by the broker. */
  public static final String HOLDER_ANNOTATION = "hallpass.dev/holder";

  /**
   * On a revocation list, a ConfigMap of Hallpass's namespace: kind, namespace and name of its
   * provider. Set by whoever writes the list first; read by the controller, which lets the list of
   * a provider that is gone go too.
   */
  public static final String PROVIDER_ANNOTATION = "hallpass.dev/provider";

  /** Audience of the projected service-account token that a pod shows to the broker. */
  public static final String TOKEN_AUDIENCE = "hallpass.dev";

  /** A schema rule for durations, whose message says more than a pattern's would. */
  public static final String DURATION_FORM = "self.matches('^([0-9]+(s|m|h))+$')";

  /**
   * A schema rule for what people read before they decide: nothing that a terminal acts on, or that
   * shows text in another order than it is written in (Unicode, UAX 9).
   */
  public static final String READABLE_FORM =
      "!self.matches('[\\\\x00-\\\\x08\\\\x0b-\\\\x1f\\\\x7f-\\\\x9f"
          + "\\\\x{202A}-\\\\x{202E}\\\\x{2066}-\\\\x{2069}]')";

  /**
   * A schema rule for the API version of custom resources: of a group with a dot, neither of k8s.io
   * nor of Hallpass.
   */
  public static final String CUSTOM_KINDS_FORM =
      "self.matches('^[a-z0-9-]+([.][a-z0-9-]+)+/v[0-9][a-z0-9]*$')"
          + " && !self.matches('(^|[.])(k8s[.]io|hallpass[.]dev)/')";

  /** What a person reads where it does not hold. */
  public static final String CUSTOM_KINDS =
      "paramKind.apiVersion: must be of custom resources, e.g. change.example.com/v1; kinds of"
          + " Kubernetes itself, such as Secret, are refused, and so are Hallpass's own; a ConfigMap is"
          + " named by params.configMap";

  private HallpassApi() {}
}
