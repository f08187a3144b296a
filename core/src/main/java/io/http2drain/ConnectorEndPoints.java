package io.http2drain;

import java.util.HashMap;
import java.util.Map;
import org.eclipse.jetty.http2.HTTP2Connection;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.server.ConnectionMetaData;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.NegotiatingServerConnection;
import org.jspecify.annotations.Nullable;

/**
 * The connections of a connector that drains, seen from outside; above all those that are no
 * session of ours: still in a handshake, or HTTP/1.1.
 *
 * <p>A connector that is shut down lets HTTP/1.1 requests in flight finish, answers with {@code
 * Connection: close}, and closes after the answer; that is Jetty's own doing ({@code
 * HttpConnection}). What remains is to end what would never come to an answer.
 */
final class ConnectorEndPoints {

  private enum Kind {
    /**
     * TLS handshake, protocol negotiation or PROXY header not complete: may yet become anything.
     */
    HANDSHAKE,
    /** HTTP/1.1 that waits for a request, as far as can be seen. */
    IDLE_HTTP1,
    /** HTTP/1.1 with a request in flight. */
    BUSY_HTTP1,
    /** One of our HTTP/2 sessions, still admitting streams. */
    ADMITTING,
    /** One of our HTTP/2 sessions, past its cut. */
    CUT,
    /** A WebSocket, a tunnel, HTTP/2 of a factory that is not ours. */
    OTHER
  }

  private final Connector connector;
  private final @Nullable RequestWatch watch;

  /**
   * What {@link #closeIdle} saw the last time: bytes moved by connections that then looked idle.
   */
  private Map<EndPoint, Long> idle = Map.of();

  ConnectorEndPoints(Connector connector) {
    this.connector = connector;
    this.watch = RequestWatch.of(connector);
  }

  Connector connector() {
    return connector;
  }

  /**
   * Whether a connection is left on which a request may still arrive, or an HTTP/1.1 request is in
   * flight. That may be an upgrade to HTTP/2.
   */
  boolean mayGetRequests() {
    for (EndPoint endPoint : connector.getConnectedEndPoints()) {
      switch (kind(connection(endPoint))) {
        case HANDSHAKE, IDLE_HTTP1, BUSY_HTTP1, ADMITTING -> {
          return true;
        }
        case CUT, OTHER -> {}
      }
    }
    return false;
  }

  /**
   * Closes the connections in a handshake, or idle, that were so at the last call, too, and have
   * not moved a byte since.
   */
  synchronized void closeIdle() {
    Map<EndPoint, Long> seen = new HashMap<>();
    for (EndPoint endPoint : connector.getConnectedEndPoints()) {
      Connection connection = connection(endPoint);
      switch (kind(connection)) {
        case HANDSHAKE, IDLE_HTTP1 -> {
          long moved = connection == null ? 0 : connection.getBytesIn() + connection.getBytesOut();
          Long before = idle.get(endPoint);
          if (before != null && before == moved) {
            close(endPoint, connection);
          } else {
            seen.put(endPoint, moved);
          }
        }
        case BUSY_HTTP1, ADMITTING, CUT, OTHER -> {}
      }
    }
    idle = seen;
  }

  /** Closes every connection that is not one of our sessions. */
  void closeAll() {
    for (EndPoint endPoint : connector.getConnectedEndPoints()) {
      Connection connection = connection(endPoint);
      switch (kind(connection)) {
        case HANDSHAKE, IDLE_HTTP1, BUSY_HTTP1, OTHER -> close(endPoint, connection);
        case ADMITTING, CUT -> {}
      }
    }
  }

  private static void close(EndPoint endPoint, @Nullable Connection connection) {
    if (connection == null) {
      endPoint.close();
    } else {
      connection.close(); // Through TLS, which says goodbye.
    }
  }

  private static @Nullable Connection connection(EndPoint endPoint) {
    Connection connection = endPoint.getConnection();
    while (connection instanceof SslConnection ssl
        && ssl.getSslEndPoint().getConnection() != null) {
      connection = ssl.getSslEndPoint().getConnection();
    }
    return connection;
  }

  private Kind kind(@Nullable Connection connection) {
    if (connection instanceof HTTP2Connection) {
      if (connection.getEndPoint() instanceof LingeringEndPoint endPoint) {
        return endPoint.tracked().gate().isCut() ? Kind.CUT : Kind.ADMITTING;
      }
      return Kind.OTHER;
    }
    if (connection != null && watch != null && watch.isInFlight(connection.getEndPoint())) {
      return Kind.BUSY_HTTP1;
    }
    if (connection instanceof ConnectionMetaData) {
      // The counts are of heads read and written, an interim answer (1xx) being one: an answer that
      // is being streamed looks complete, but then nobody waits for input.
      boolean idle =
          connection.getMessagesIn() <= connection.getMessagesOut()
              && connection.getEndPoint().isFillInterested();
      return idle ? Kind.IDLE_HTTP1 : Kind.BUSY_HTTP1;
    }
    // Connections that pass on what they have read stand before HTTP; a WebSocket stands after it.
    boolean handshake =
        connection == null
            || connection instanceof SslConnection
            || connection instanceof NegotiatingServerConnection
            || connection instanceof Connection.UpgradeFrom;
    return handshake ? Kind.HANDSHAKE : Kind.OTHER;
  }
}
