package dev.hallpass.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;

/** A time-boxed override of policies, which somebody else must review. */
@JsonClassDescription(
    "A time-boxed, justified override in an incident, made in the workload's namespace: one"
        + " credential of one workload is issued without approval, and without the policies that"
        + " allow to be skipped. Whoever deletes it ends it; it stays until somebody else has"
        + " reviewed it.")
@Group(HallpassApi.GROUP)
@Version(HallpassApi.VERSION)
@Plural("breakglasses")
@ShortNames("bglass")
@AdditionalPrinterColumn(name = "Phase", jsonPath = ".status.phase")
@AdditionalPrinterColumn(name = "Opened-By", jsonPath = ".spec.openedBy.username")
@AdditionalPrinterColumn(name = "Incident", jsonPath = ".spec.incident")
@AdditionalPrinterColumn(name = "Ends", jsonPath = ".status.endsAt")
@AdditionalPrinterColumn(
    name = "Leases",
    jsonPath = ".status.leases",
    type = AdditionalPrinterColumn.Type.INTEGER)
@AdditionalPrinterColumn(
    name = "Reviewed",
    jsonPath = ".status.conditions[?(@.type==\"Reviewed\")].status")
@AdditionalPrinterColumn(
    name = "Unreviewed-Since",
    jsonPath = ".status.unreviewedSince",
    type = AdditionalPrinterColumn.Type.DATE)
@AdditionalPrinterColumn(name = "Justification", jsonPath = ".spec.justification", priority = 1)
@AdditionalPrinterColumn(
    name = "Age",
    jsonPath = ".metadata.creationTimestamp",
    type = AdditionalPrinterColumn.Type.DATE)
public final class BreakGlass extends CustomResource<BreakGlassSpec, BreakGlassStatus>
    implements Namespaced {
  private static final long serialVersionUID = 1L;
}
