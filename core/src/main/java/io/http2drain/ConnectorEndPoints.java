package io.http2drain;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.HashMap;
import java.util.Map;
import org.eclipse.jetty.http2.HTTP2Connection;
import org.eclipse.jetty.io.AbstractEndPoint;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.server.ConnectionMetaData;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.NegotiatingServerConnection;
import org.eclipse.jetty.util.NanoTime;
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
     * No request yet: TLS handshake, protocol negotiation or PROXY header not complete, or reading
     * the first line, which may be that of the HTTP/2 preface.
     */
    OPENING,
    /** HTTP/1.1 that waits for another request, as far as can be seen. */
    IDLE_HTTP1,
    /** HTTP/1.1 with a request in flight, which may be an upgrade to HTTP/2. */
    BUSY_HTTP1,
    /** One of our HTTP/2 sessions, still admitting streams. */
    ADMITTING,
    /** One of our HTTP/2 sessions, past its cut. */
    CUT,
    /** A WebSocket, a tunnel, HTTP/2 of a factory that is not ours. */
    OTHER
  }

  /** Since when, and after how many bytes, a connection has been waiting for a request. */
  private record Waiting(@Nullable Connection connection, long bytes, long since) {}

  private final Connector connector;
  private final @Nullable RequestWatch watch;
  private final @Nullable PendingAccepts pendingAccepts;
  private final long linger;

  /** What {@link #closeIdle} saw the last time. */
  private Map<EndPoint, Waiting> waiting = Map.of();

  /**
   * @param linger how long a connection may wait for a request, in milliseconds
   */
  ConnectorEndPoints(Connector connector, long linger) {
    this.connector = connector;
    this.watch = RequestWatch.of(connector);
    this.pendingAccepts = PendingAccepts.of(connector);
    this.linger = linger;
  }

  Connector connector() {
    return connector;
  }

  /**
   * Whether there is a connection that has, or may yet bring, a request or a session; what our
   * sessions do past their cut is their own account.
   */
  boolean mayGetRequests() {
    // First: from here connections go to the endpoints.
    if (pendingAccepts != null && !pendingAccepts.isEmpty()) {
      return true;
    }
    for (EndPoint endPoint : connector.getConnectedEndPoints()) {
      if (!endPoint.isOpen()) {
        continue; // Closed; but to leave the connector takes a thread of the pool.
      }
      switch (kind(connection(endPoint))) {
        case OPENING, IDLE_HTTP1, BUSY_HTTP1, ADMITTING -> {
          return true;
        }
        case CUT, OTHER -> {}
      }
    }
    return false;
  }

  /**
   * Closes the connections that have been waiting for a request for the whole of the linger. With
   * HTTP/1.1 that time begins anew with each byte, as an upload may look idle; the bytes of an
   * opening do not count: it would hold the drain for as long as it dribbles.
   */
  synchronized void closeIdle() {
    long now = NanoTime.now();
    Map<EndPoint, Waiting> seen = new HashMap<>();
    for (EndPoint endPoint : connector.getConnectedEndPoints()) {
      Connection connection = connection(endPoint);
      Kind kind = kind(connection);
      switch (kind) {
        case OPENING, IDLE_HTTP1 -> {
          long bytes = bytes(endPoint);
          Waiting before = waiting.get(endPoint);
          boolean moved = before == null || before.bytes != bytes;
          if (before == null
              || before.connection != connection
              || (moved && kind == Kind.IDLE_HTTP1)) {
            seen.put(endPoint, new Waiting(connection, bytes, now));
          } else if (NanoTime.millisElapsed(before.since, now) >= linger
              && (moved || !hasUnread(endPoint))
              && isPeersTurn(endPoint)) { // Last: had a thread begun to read, it would not be.
            close(endPoint, connection);
          } else {
            seen.put(endPoint, new Waiting(connection, bytes, before.since));
          }
        }
        case BUSY_HTTP1, ADMITTING, CUT, OTHER -> {}
      }
    }
    waiting = seen;
  }

  /** The bytes read and written so far, those of TLS where there is TLS. */
  private static long bytes(EndPoint endPoint) {
    Connection outermost = endPoint.getConnection();
    return outermost == null ? 0 : outermost.getBytesIn() + outermost.getBytesOut();
  }

  /**
   * Whether it is waited for the peer to send, or to read. Otherwise a thread of ours is busy with
   * the connection, or has yet to be, and may have read the request already.
   */
  private static boolean isPeersTurn(EndPoint endPoint) {
    return endPoint.isFillInterested()
        || (endPoint instanceof AbstractEndPoint writing && writing.getWriteFlusher().isPending());
  }

  /** Whether the peer has sent something that waits for a thread of ours to read it. */
  private static boolean hasUnread(EndPoint endPoint) {
    try {
      return endPoint.getTransport() instanceof SocketChannel channel
          && channel.socket().getInputStream().available() > 0;
    } catch (IOException x) {
      return false; // Closed meanwhile.
    }
  }

  /** Closes every connection that is not one of our sessions. */
  void closeAll() {
    for (EndPoint endPoint : connector.getConnectedEndPoints()) {
      Connection connection = connection(endPoint);
      switch (kind(connection)) {
        case OPENING, IDLE_HTTP1, BUSY_HTTP1, OTHER -> close(endPoint, connection);
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
      if (connection.getMessagesIn() == 0) {
        return Kind.OPENING;
      }
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
    return handshake ? Kind.OPENING : Kind.OTHER;
  }
}
