package dev.hallpass.app;

import io.netty.bootstrap.ChannelInitializerExtension;
import io.netty.channel.ServerChannel;

/**
 * Puts a {@link ConnectionGate} before each port that this process listens on. Netty finds it as a
 * service where the system property {@value #EXTENSIONS_SYSTEM_PROPERTY} says {@value #LOADED}, as
 * the image does.
 */
public final class ConnectionGates extends ChannelInitializerExtension {
  private static final String LOADED = "serviceload";

  /**
   * To be asked before a port is opened to strangers.
   *
   * @throws IllegalStateException where Netty does not look for services
   */
  static void require() {
    if (!LOADED.equals(System.getProperty(EXTENSIONS_SYSTEM_PROPERTY))) {
      throw new IllegalStateException(
          "connections would not be counted: start Java with -D%s=%s"
              .formatted(EXTENSIONS_SYSTEM_PROPERTY, LOADED));
    }
  }

  @Override
  public void postInitializeServerListenerChannel(ServerChannel channel) {
    channel.pipeline().addFirst(new ConnectionGate());
  }
}
