package dev.hallpass.cli;

import org.junit.jupiter.api.Test;

class TreeTextTest {

  @Test
  void requestsHavePodsAndPodsHaveLeases() {
    var given = Objects.of("shop.yaml");

    var page = new Page(Paint.NONE);
    TreeText.write(TreeReport.of(given.snapshot(new Namespaces.One("shop")), given.pods()), page);

    Golden.assertPrinted(page.text(), "tree.txt");
  }
}
