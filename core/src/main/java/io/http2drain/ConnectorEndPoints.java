package io.http2drain;

import org.eclipse.jetty.http2.HTTP2Connection;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.server.ConnectionMetaData;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.NegotiatingServerConnection;
import org.jspecify.annotations.Nullable;

/**
 * The connections of a connector that are no HTTP/2 session: those still in a handshake, and
 * HTTP/1.1.
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
    /** HTTP/1.1 without a request in flight. */
    IDLE_HTTP1,
    /** HTTP/2, tracked elsewhere. */
    HTTP2,
    /** An HTTP/1.1 request in flight, a WebSocket, a tunnel. */
    BUSY
  }

  private final Connector connector;

  ConnectorEndPoints(Connector connector) {
    this.connector = connector;
  }

  /** Whether a connection is left on which a new request could still arrive. */
  boolean mayGetRequests() {
    for (EndPoint endPoint : connector.getConnectedEndPoints()) {
      switch (kind(connection(endPoint))) {
        case HANDSHAKE, IDLE_HTTP1 -> {
          return true;
        }
        case HTTP2, BUSY -> {}
      }
    }
    return false;
  }

  /**
   * Closes the connections that are in a handshake or idle.
   *
   * @return whether a connection is left that is not HTTP/2
   */
  boolean closeIdle() {
    boolean left = false;
    for (EndPoint endPoint : connector.getConnectedEndPoints()) {
      Connection connection = connection(endPoint);
      switch (kind(connection)) {
        case HANDSHAKE, IDLE_HTTP1 -> close(endPoint, connection);
        case BUSY -> left = true;
        case HTTP2 -> {}
      }
    }
    return left;
  }

  /** Closes every connection that is not HTTP/2. */
  void closeAll() {
    for (EndPoint endPoint : connector.getConnectedEndPoints()) {
      Connection connection = connection(endPoint);
      if (kind(connection) != Kind.HTTP2) {
        close(endPoint, connection);
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

  private static Kind kind(@Nullable Connection connection) {
    if (connection instanceof HTTP2Connection) {
      return Kind.HTTP2;
    }
    if (connection instanceof ConnectionMetaData) {
      boolean idle = connection.getMessagesIn() == connection.getMessagesOut();
      return idle ? Kind.IDLE_HTTP1 : Kind.BUSY;
    }
    // Connections that pass on what they have read stand before HTTP; a WebSocket stands after it.
    boolean handshake =
        connection == null
            || connection instanceof SslConnection
            || connection instanceof NegotiatingServerConnection
            || connection instanceof Connection.UpgradeFrom;
    return handshake ? Kind.HANDSHAKE : Kind.BUSY;
  }
}
