package dev.hallpass.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;

/** How to reach one target, and the access levels it offers to its own namespace. */
@JsonClassDescription(
    "One target that mints credentials for pods of its own namespace: how to reach it, and the"
        + " named levels of access it offers with their caps. Written by the owner of the target.")
@Group(HallpassApi.GROUP)
@Version(HallpassApi.VERSION)
@Plural("credentialproviders")
@ShortNames("cprov")
@AdditionalPrinterColumn(
    name = "Ready",
    jsonPath = ".status.conditions[?(@.type==\"Ready\")].status")
@AdditionalPrinterColumn(
    name = "Reason",
    jsonPath = ".status.conditions[?(@.type==\"Ready\")].reason")
@AdditionalPrinterColumn(name = "Target", jsonPath = ".status.target")
@AdditionalPrinterColumn(
    name = "Leases",
    jsonPath = ".status.leases",
    type = AdditionalPrinterColumn.Type.INTEGER)
@AdditionalPrinterColumn(
    name = "Age",
    jsonPath = ".metadata.creationTimestamp",
    type = AdditionalPrinterColumn.Type.DATE)
public final class CredentialProvider
    extends CustomResource<CredentialProviderSpec, CredentialProviderStatus> implements Namespaced {
  private static final long serialVersionUID = 1L;
}
