package io.http2drain;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.http2.HTTP2Connection;
import org.eclipse.jetty.http2.HTTP2Stream;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.HttpStream;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.TunnelSupport;
import org.jspecify.annotations.Nullable;

/**
 * Notes about requests in flight what cannot be seen from outside.
 *
 * <ul>
 *   <li>HTTP/1.1 with content: once its answer has begun, be it only a 100 (Continue), its
 *       connection looks idle. As many heads are written as were read, and it waits for input.
 *   <li>One that may become a WebSocket or another tunnel: that is told of a shutdown only if it is
 *       open when the shutdown begins.
 * </ul>
 *
 * <p>Other requests cost a look at their header.
 */
final class RequestWatch implements HttpConfiguration.Customizer {

  private final Set<EndPoint> inFlight = ConcurrentHashMap.newKeySet();

  private RequestWatch() {}

  /** Watches the requests of a connector that is not running. */
  static void add(Connector connector) {
    for (ConnectionFactory factory : connector.getConnectionFactories()) {
      if (factory instanceof HttpConfiguration.ConnectionFactory http
          && of(http.getHttpConfiguration()) == null) {
        http.getHttpConfiguration().addCustomizer(new RequestWatch());
      }
    }
  }

  /** The watch over the HTTP/1.1 requests of a connector; null where there are none. */
  static @Nullable RequestWatch of(Connector connector) {
    HttpConnectionFactory factory = connector.getConnectionFactory(HttpConnectionFactory.class);
    return factory == null ? null : of(factory.getHttpConfiguration());
  }

  private static @Nullable RequestWatch of(HttpConfiguration configuration) {
    return configuration.getCustomizer(RequestWatch.class);
  }

  /** Whether a request that is noted here is in flight on an HTTP/1.1 connection. */
  boolean isInFlight(EndPoint endPoint) {
    return inFlight.contains(endPoint);
  }

  @Override
  public Request customize(Request request, HttpFields.Mutable responseHeaders) {
    Connection connection = request.getConnectionMetaData().getConnection();
    EndPoint endPoint = connection.getEndPoint();
    if (connection instanceof HTTP2Connection) {
      TunnelSupport tunnel = request.getTunnelSupport();
      if (tunnel != null && endPoint instanceof LingeringEndPoint session) {
        HTTP2Stream tunnelStream = (HTTP2Stream) tunnel.getEndPoint().getTransport();
        request.addHttpStreamWrapper(
            stream -> new Http2Tunnel(stream, session.tracked(), tunnelStream));
      }
    } else if (hasContent(request) || mayUpgrade(request)) {
      inFlight.add(endPoint);
      request.addHttpStreamWrapper(stream -> new Http1Request(stream, request, endPoint));
    }
    return request;
  }

  private static boolean hasContent(Request request) {
    return request.getLength() > 0 || request.getHeaders().contains(HttpHeader.TRANSFER_ENCODING);
  }

  private static boolean mayUpgrade(Request request) {
    return request.getHeaders().contains(HttpHeader.UPGRADE)
        || HttpMethod.CONNECT.is(request.getMethod());
  }

  private final class Http1Request extends HttpStream.Wrapper {

    private final Request request;
    private final EndPoint endPoint;

    private Http1Request(HttpStream stream, Request request, EndPoint endPoint) {
      super(stream);
      this.request = request;
      this.endPoint = endPoint;
    }

    @Override
    public void succeeded() {
      // The new connection is opened in here; without one, the next request may begin in here.
      boolean upgrades =
          request.getAttribute(HttpStream.UPGRADE_CONNECTION_ATTRIBUTE) instanceof Connection;
      if (!upgrades) {
        inFlight.remove(endPoint);
      }
      try {
        super.succeeded();
      } finally {
        if (upgrades) {
          inFlight.remove(endPoint);
        }
      }
    }

    @Override
    public void failed(Throwable x) {
      inFlight.remove(endPoint);
      super.failed(x);
    }
  }

  private static final class Http2Tunnel extends HttpStream.Wrapper {

    private final TrackedSession session;
    private final HTTP2Stream stream;

    private Http2Tunnel(HttpStream wrapped, TrackedSession session, HTTP2Stream stream) {
      super(wrapped);
      this.session = session;
      this.stream = stream;
    }

    @Override
    public void succeeded() {
      try {
        super.succeeded(); // Opens the new connection.
      } finally {
        session.tunnelOpened(stream);
      }
    }
  }
}
