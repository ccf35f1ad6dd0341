package dev.hallpass.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StatusTextTest {

  @Test
  void whatIsNotWellHasALineOfItsOwn() {
    var report = StatusReport.of(Objects.of("shop.yaml").snapshot(new Namespaces.One("shop")));

    Golden.assertPrinted(text(report, Paint.NONE), "status-namespace.txt");
    assertThat(report.needsAttention()).isTrue();
  }

  @Test
  void ofAllNamespacesEachObjectIsNamedWithItsOwn() {
    var report = StatusReport.of(Objects.of("shop.yaml").snapshot(new Namespaces.All()));

    Golden.assertPrinted(text(report, Paint.NONE), "status-all.txt");
  }

  @Test
  void whereAllIsWellItIsShort() {
    var report = StatusReport.of(Objects.of("well.yaml").snapshot(new Namespaces.One("shop")));

    Golden.assertPrinted(text(report, Paint.NONE), "status-well.txt");
    assertThat(report.needsAttention()).isFalse();
  }

  @Test
  void whatMayNotBeSeenIsSaid() {
    var seen = Objects.of("well.yaml").snapshot(new Namespaces.One("shop"));
    var report =
        StatusReport.of(
            new Snapshot(
                seen.scope(),
                seen.at(),
                seen.requests(),
                seen.leases(),
                seen.providers(),
                new Reading<>(List.of(), Optional.of("may not list them")),
                seen.breakGlasses()));

    assertThat(text(report, Paint.NONE)).endsWith("not shown: may not list them\n");
  }

  @Test
  void onATerminalItHasColours() {
    var report = StatusReport.of(Objects.of("shop.yaml").snapshot(new Namespaces.One("shop")));

    var coloured = text(report, Paint.ANSI);

    assertThat(coloured).contains("\u001b[31m1 of 2 ready\u001b[0m");
    assertThat(coloured.replaceAll("\u001b\\[[0-9;]*m", "")).isEqualTo(text(report, Paint.NONE));
  }

  private static String text(StatusReport report, Paint paint) {
    var page = new Page(paint);
    StatusText.write(report, page);
    return page.text();
  }
}
