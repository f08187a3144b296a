package io.http2drain;

import java.net.InetSocketAddress;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.util.HostPort;

/** How operators are told of a peer: {@code host:port}, without a name service being asked. */
final class RemoteAddress {

  private RemoteAddress() {}

  static String of(EndPoint endPoint) {
    return endPoint.getRemoteSocketAddress() instanceof InetSocketAddress address
        ? HostPort.normalizeHost(address.getHostString()) + ":" + address.getPort()
        : String.valueOf(endPoint.getRemoteSocketAddress());
  }
}
