package io.http2drain;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.http2.HTTP2Connection;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.HttpStream;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/**
 * Notes the HTTP/1.1 requests in flight that cannot be seen from outside.
 *
 * <ul>
 *   <li>One with content: once its answer has begun, be it only a 100 (Continue), its connection
 *       looks idle. As many heads are written as were read, and it waits for input.
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
    HttpConnectionFactory factory = connector.getConnectionFactory(HttpConnectionFactory.class);
    if (factory != null && of(factory) == null) {
      factory.getHttpConfiguration().addCustomizer(new RequestWatch());
    }
  }

  /** The watch that was added to a connector; null where there is no HTTP/1.1. */
  static @Nullable RequestWatch of(Connector connector) {
    HttpConnectionFactory factory = connector.getConnectionFactory(HttpConnectionFactory.class);
    return factory == null ? null : of(factory);
  }

  private static @Nullable RequestWatch of(HttpConnectionFactory factory) {
    return factory.getHttpConfiguration().getCustomizer(RequestWatch.class);
  }

  /** Whether a request that is noted here is in flight on an HTTP/1.1 connection. */
  boolean isInFlight(EndPoint endPoint) {
    return inFlight.contains(endPoint);
  }

  @Override
  public Request customize(Request request, HttpFields.Mutable responseHeaders) {
    Connection connection = request.getConnectionMetaData().getConnection();
    if (!(connection instanceof HTTP2Connection) && (hasContent(request) || mayUpgrade(request))) {
      EndPoint endPoint = connection.getEndPoint();
      inFlight.add(endPoint);
      request.addHttpStreamWrapper(stream -> new Watched(stream, request, endPoint));
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

  private final class Watched extends HttpStream.Wrapper {

    private final Request request;
    private final EndPoint endPoint;

    private Watched(HttpStream stream, Request request, EndPoint endPoint) {
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
}
