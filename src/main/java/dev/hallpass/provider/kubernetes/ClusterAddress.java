package dev.hallpass.provider.kubernetes;

import dev.hallpass.api.v1alpha1.CredentialProviderSpec;
import dev.hallpass.provider.Fields;
import dev.hallpass.provider.Fields.Presence;
import dev.hallpass.provider.Material;
import dev.hallpass.provider.Material.Field;
import dev.hallpass.provider.TargetException;
import dev.hallpass.wire.Reason;
import dev.hallpass.wire.Secret;
import io.fabric8.kubernetes.client.Config;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where pods find the API server: as the provider says, else as Hallpass itself does.
 *
 * @param own Hallpass's own configuration
 */
record ClusterAddress(Config own) {

  String server(CredentialProviderSpec spec) {
    var given = Objects.requireNonNull(spec.kubernetes(), "not a Kubernetes provider").server();
    return given == null ? own.getMasterUrl().replaceAll("/$", "") : given;
  }

  Material material(
      CredentialProviderSpec spec, String namespace, String serviceAccount, Secret token) {
    var fields = new ArrayList<Field>();
    fields.add(new Field("server", null, Secret.of(server(spec))));
    var ca = ca(spec);
    if (ca != null) {
      fields.add(new Field("ca", null, Secret.of(ca)));
    }
    fields.add(new Field("namespace", null, Secret.of(namespace)));
    fields.add(new Field("serviceAccount", null, Secret.of(serviceAccount)));
    fields.add(new Field("token", null, token));
    return new Material(fields);
  }

  /** What {@link #material} fills. */
  Fields fields(CredentialProviderSpec spec) {
    var given = Objects.requireNonNull(spec.kubernetes(), "not a Kubernetes provider").caBundle();
    var hasCa = given != null || own.getCaCertData() != null || own.getCaCertFile() != null;
    return new Fields(Set.of("server", "namespace", "serviceAccount", "token"))
        .with("ca", hasCa ? Presence.Here : Presence.Elsewhere);
  }

  /** The file is read each time, as the kubelet replaces it when the cluster's CA changes. */
  private @Nullable String ca(CredentialProviderSpec spec) {
    var given = Objects.requireNonNull(spec.kubernetes(), "not a Kubernetes provider").caBundle();
    if (given != null) {
      return given;
    }
    if (own.getCaCertData() != null) {
      return new String(Base64.getDecoder().decode(own.getCaCertData()), StandardCharsets.UTF_8);
    }
    if (own.getCaCertFile() == null) {
      return null;
    }
    try {
      return Files.readString(Path.of(own.getCaCertFile()));
    } catch (IOException e) {
      throw new TargetException(
          Reason.TargetUnreachable,
          "Hallpass's own CA bundle for the API server cannot be read; set"
              + " spec.kubernetes.caBundle",
          e);
    }
  }
}
