package dev.hallpass.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;

/** A person's yes or no to a lease that waits. Its approver is stamped by admission. */
@JsonClassDescription(
    "A person's yes or no to a lease that waits for it, made in the lease's namespace. It never"
        + " changes; who made it is written by Hallpass, whatever the manifest says. Deleting a yes"
        + " takes it back.")
@Group(HallpassApi.GROUP)
@Version(HallpassApi.VERSION)
@Plural("credentialapprovals")
@ShortNames("cappr")
@AdditionalPrinterColumn(name = "Lease", jsonPath = ".spec.leaseRef.name")
@AdditionalPrinterColumn(name = "Decision", jsonPath = ".spec.decision")
@AdditionalPrinterColumn(name = "Approver", jsonPath = ".spec.stamp.approver.username")
@AdditionalPrinterColumn(name = "Scope", jsonPath = ".spec.scope", priority = 1)
@AdditionalPrinterColumn(name = "Until", jsonPath = ".spec.until", priority = 1)
@AdditionalPrinterColumn(
    name = "Age",
    jsonPath = ".metadata.creationTimestamp",
    type = AdditionalPrinterColumn.Type.DATE)
public final class CredentialApproval extends CustomResource<CredentialApprovalSpec, Void>
    implements Namespaced {
  private static final long serialVersionUID = 1L;
}
