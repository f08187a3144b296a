package io.http2drain;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpHeaderValue;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.MetaData;
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
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.NanoTime;
import org.jspecify.annotations.Nullable;

/**
 * Notes about requests in flight what cannot be seen from outside.
 *
 * <ul>
 *   <li>HTTP/1.1: once an answer has begun, be it only a 100 (Continue), a connection whose request
 *       has content looks idle. As many heads are written as were read, and it waits for input.
 *   <li>One that may become a WebSocket or another tunnel: that is told of a shutdown only if it is
 *       open when the shutdown begins.
 * </ul>
 *
 * <p>It also tells HTTP/1.1 clients to close, from the first moment of a drain on; Jetty does so
 * only once the listener is closed. An HTTP/2 request costs a look at its header.
 */
final class RequestWatch implements HttpConfiguration.Customizer {

  private final Map<EndPoint, Request> inFlight = new ConcurrentHashMap<>();
  private final SessionRegistry registry;

  private RequestWatch(SessionRegistry registry) {
    this.registry = registry;
  }

  /** Watches the requests of a connector that is not running. */
  static void add(Connector connector, SessionRegistry registry) {
    for (ConnectionFactory factory : connector.getConnectionFactories()) {
      if (factory instanceof HttpConfiguration.ConnectionFactory http
          && of(http.getHttpConfiguration()) == null) {
        http.getHttpConfiguration().addCustomizer(new RequestWatch(registry));
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
    return inFlight.containsKey(endPoint);
  }

  /** The HTTP/1.1 requests in flight on a connector. */
  List<RequestStatus> requests(Connector connector) {
    return inFlight.entrySet().stream()
        .filter(entry -> connector(entry.getValue()) == connector)
        .map(entry -> status(entry.getValue(), entry.getKey()))
        .toList();
  }

  private static Connector connector(Request request) {
    return request.getConnectionMetaData().getConnector();
  }

  private static RequestStatus status(Request request, EndPoint endPoint) {
    return new RequestStatus(
        request.getMethod(),
        StreamDescription.path(String.valueOf(request.getHttpURI().getPath())),
        NanoTime.millisSince(request.getBeginNanoTime()),
        request.getConnectionMetaData().getProtocol(),
        RemoteAddress.of(endPoint),
        0,
        0);
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
    } else {
      inFlight.put(endPoint, request);
      request.addHttpStreamWrapper(stream -> new Http1Request(stream, request, endPoint));
    }
    return request;
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
    public void send(
        MetaData.Request asked,
        MetaData.@Nullable Response answer,
        boolean last,
        @Nullable ByteBuffer content,
        Callback callback) {
      if (answer == null || registry.run(connector(request)) == null || isTunnel()) {
        super.send(asked, answer, last, content, callback);
      } else {
        super.send(asked, closing(answer), last, content, callback);
      }
    }

    private boolean isTunnel() {
      return HttpMethod.CONNECT.is(request.getMethod());
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

  /** The answer, with {@code Connection: close}; but not one that is no answer yet. */
  private static MetaData.Response closing(MetaData.Response answer) {
    if (HttpStatus.isInformational(answer.getStatus())) {
      return answer;
    }
    HttpFields.Mutable fields =
        HttpFields.build(answer.getHttpFields())
            .put(HttpHeader.CONNECTION, HttpHeaderValue.CLOSE.asString());
    return new MetaData.Response(
        answer.getStatus(),
        answer.getReason(),
        answer.getHttpVersion(),
        fields,
        answer.getContentLength(),
        answer.getTrailersSupplier());
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
