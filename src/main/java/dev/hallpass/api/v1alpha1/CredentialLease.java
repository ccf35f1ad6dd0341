package dev.hallpass.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;

/** One pod's hold on one credential. Written by Hallpass alone; never holds a secret value. */
@JsonClassDescription(
    "One pod's hold on one credential: who, what, why and until when; never a secret value."
        + " Written by Hallpass alone. Whoever deletes it revokes the credential.")
@Group(HallpassApi.GROUP)
@Version(HallpassApi.VERSION)
@Plural("credentialleases")
@ShortNames("clease")
@AdditionalPrinterColumn(name = "Pod", jsonPath = ".spec.pod.name")
@AdditionalPrinterColumn(name = "Provider", jsonPath = ".spec.providerRef.name")
@AdditionalPrinterColumn(name = "Access", jsonPath = ".spec.access")
@AdditionalPrinterColumn(name = "Phase", jsonPath = ".status.phase")
@AdditionalPrinterColumn(name = "Expires", jsonPath = ".status.expiresAt")
@AdditionalPrinterColumn(name = "Ended-By", jsonPath = ".status.endedBy", priority = 1)
@AdditionalPrinterColumn(name = "Subject", jsonPath = ".status.subject", priority = 1)
@AdditionalPrinterColumn(
    name = "Age",
    jsonPath = ".metadata.creationTimestamp",
    type = AdditionalPrinterColumn.Type.DATE)
public final class CredentialLease
    extends CustomResource<CredentialLeaseSpec, CredentialLeaseStatus> implements Namespaced {
  private static final long serialVersionUID = 1L;
}
