package dev.hallpass.app;

import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.QuarkusApplication;
import io.quarkus.runtime.annotations.QuarkusMain;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import java.util.Optional;

/**
 * One image, two processes: {@code broker} and {@code controller}. And what the chart asks before
 * it goes: {@code uninstall-check}, which ends with 1 where something speaks against it.
 */
@QuarkusMain
public final class Hallpass implements QuarkusApplication {
  private static final int REFUSED = 1;
  private static final int USAGE = 2;

  private final Instance<BrokerProcess> broker;
  private final Instance<ControllerProcess> controller;
  private final Instance<UninstallCheck> uninstallCheck;

  @Inject
  Hallpass(
      Instance<BrokerProcess> broker,
      Instance<ControllerProcess> controller,
      Instance<UninstallCheck> uninstallCheck) {
    this.broker = broker;
    this.controller = controller;
    this.uninstallCheck = uninstallCheck;
  }

  @Override
  public int run(String... args) throws Exception {
    var role = args.length == 1 ? args[0] : "";
    switch (role) {
      case "broker" -> broker.get().start();
      case "controller" -> controller.get().start();
      case "uninstall-check" -> {
        return answer(uninstallCheck.get().objection());
      }
      default -> {
        System.err.println("usage: hallpass broker|controller|uninstall-check");
        return USAGE;
      }
    }
    Quarkus.waitForExit();
    return 0;
  }

  /** For whoever reads the Job's log, in plain words. */
  private static int answer(Optional<String> objection) {
    System.out.println(objection.orElse("no lease is live: Hallpass can be uninstalled"));
    return objection.isPresent() ? REFUSED : 0;
  }
}
