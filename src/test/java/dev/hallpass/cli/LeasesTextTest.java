package dev.hallpass.cli;

import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.cli.OutputOptions.Form;
import org.junit.jupiter.api.Test;

class LeasesTextTest {

  @Test
  void leasesInATable() {
    Golden.assertPrinted(text(Form.text, new Namespaces.One("shop")), "leases.txt");
  }

  @Test
  void wideHasMoreColumns() {
    Golden.assertPrinted(text(Form.wide, new Namespaces.All()), "leases-wide.txt");
  }

  private static String text(Form form, Namespaces scope) {
    var leases =
        Objects.of("shop.yaml").of(CredentialLease.class).stream().map(LeaseView::of).toList();
    return new Page(Paint.NONE)
        .table("", LeasesText.table(leases, scope, form, Objects.NOW))
        .text();
  }
}
