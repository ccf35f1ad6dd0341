package dev.hallpass.app;

import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.QuarkusApplication;
import io.quarkus.runtime.annotations.QuarkusMain;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;

/** One image, two processes: {@code broker} and {@code controller}. */
@QuarkusMain
public final class Hallpass implements QuarkusApplication {
  private static final int USAGE = 2;

  private final Instance<BrokerProcess> broker;
  private final Instance<ControllerProcess> controller;

  @Inject
  Hallpass(Instance<BrokerProcess> broker, Instance<ControllerProcess> controller) {
    this.broker = broker;
    this.controller = controller;
  }

  @Override
  public int run(String... args) throws Exception {
    var role = args.length == 1 ? args[0] : "";
    switch (role) {
      case "broker" -> broker.get().start();
      case "controller" -> controller.get().start();
      default -> {
        System.err.println("usage: hallpass broker|controller");
        return USAGE;
      }
    }
    Quarkus.waitForExit();
    return 0;
  }
}
