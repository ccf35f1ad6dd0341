package dev.hallpass.app;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.net.InetSocketAddress;

/**
 * Counts the connections of one port from the moment they are accepted: a handshake that nobody
 * begins, or a protocol that nobody speaks, costs memory as well.
 */
final class ConnectionGate extends ChannelInboundHandlerAdapter {
  private final Connections connections = new Connections();

  @Override
  public void channelRead(ChannelHandlerContext context, Object accepted) {
    var connection = (Channel) accepted;
    // Of one that was reset meanwhile, the address is not known any more.
    if (!(connection.remoteAddress() instanceof InetSocketAddress remote)) {
      connection.unsafe().closeForcibly();
      return;
    }
    var address = remote.getAddress().getHostAddress();
    if (connections.enter(address)) {
      connection.closeFuture().addListener(closed -> connections.leave(address));
      context.fireChannelRead(connection);
    } else {
      connection.unsafe().closeForcibly();
    }
  }
}
