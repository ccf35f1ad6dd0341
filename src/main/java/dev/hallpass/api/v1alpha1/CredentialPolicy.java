package dev.hallpass.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;

/** Rules over what is issued, whatever requests and providers say. */
@JsonClassDescription(
    "Rules and limits over credentials, evaluated at the moment each is issued and at each renewal."
        + " All policies that match must allow. Written by the security team.")
@Group(HallpassApi.GROUP)
@Version(HallpassApi.VERSION)
@Plural("credentialpolicies")
@ShortNames("cpol")
@AdditionalPrinterColumn(name = "Enforcement", jsonPath = ".spec.enforcement")
@AdditionalPrinterColumn(
    name = "Ready",
    jsonPath = ".status.conditions[?(@.type==\"Ready\")].status")
@AdditionalPrinterColumn(
    name = "Reason",
    jsonPath = ".status.conditions[?(@.type==\"Ready\")].reason")
@AdditionalPrinterColumn(
    name = "Age",
    jsonPath = ".metadata.creationTimestamp",
    type = AdditionalPrinterColumn.Type.DATE)
public final class CredentialPolicy
    extends CustomResource<CredentialPolicySpec, CredentialPolicyStatus> {
  private static final long serialVersionUID = 1L;
}
