package io.http2drain;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * The endpoint of an HTTP/2 connection, able to half close and then linger.
 *
 * <p>Everything is passed through until {@link #halfClose}. From then on what the session writes is
 * discarded, what arrives is read and discarded, and the session's own attempts to close are
 * ignored, so that nothing but the peer's FIN, or {@link #disconnect()}, ends the connection:
 * closing a socket that has unread input, or that gets some later, turns into a TCP reset, which
 * destroys what the peer has not read yet (golang/go#18701, jetty/jetty.project#15368).
 */
final class LingeringEndPoint implements EndPoint, EndPoint.Wrapper {

  private static final Linger GONE =
      new Linger() {
        @Override
        public void peerClosed() {}

        @Override
        public void received() {}

        @Override
        public void pingAcked() {}
      };

  private final EndPoint endPoint;
  private final TrackedSession tracked;
  private @Nullable PingAckScanner scanner; // Published by linger.
  private volatile @Nullable Linger linger;
  private volatile boolean inputEnded;

  /** What is of interest on a connection that lingers; called by the thread that reads. */
  interface Linger {

    /** The peer has closed its half, or reset the connection. */
    void peerClosed();

    /** The peer has sent something; what, does not matter any more. */
    void received();

    /** The peer has acknowledged the PING. */
    void pingAcked();
  }

  LingeringEndPoint(SessionRegistry registry, Connector connector, EndPoint endPoint) {
    this.endPoint = endPoint;
    this.tracked = new TrackedSession(registry, connector, this);
  }

  /** The session that lives on this endpoint. */
  TrackedSession tracked() {
    return tracked;
  }

  /**
   * Sends our FIN and goes on reading. Does not block.
   *
   * @param lastPing the payload of the PING whose acknowledgement is of interest
   */
  void halfClose(Linger listener, long lastPing) {
    scanner = new PingAckScanner(lastPing);
    linger = listener;
    endPoint.shutdownOutput();
    if (inputEnded) {
      listener.peerClosed();
    }
  }

  /** Closes both halves, at once. Does not block. */
  void disconnect() {
    if (linger == null) {
      linger = GONE;
    }
    endPoint.close();
  }

  private boolean isLingering() {
    return linger != null;
  }

  @Override
  public int fill(ByteBuffer buffer) throws IOException {
    int filled = -1;
    try {
      filled = endPoint.fill(buffer);
    } finally {
      if (filled < 0) {
        inputEnded();
      }
    }
    Linger listener = linger;
    if (listener == null || filled <= 0) {
      return filled;
    }
    // What was filled stands at the end. To the session it looks as if nothing had come.
    int end = buffer.limit();
    boolean acked = scanner != null && scanner.scan(buffer, end - filled, end);
    buffer.limit(end - filled);
    listener.received();
    if (acked) {
      listener.pingAcked();
    }
    return 0;
  }

  /** May come just before the linger: Jetty reads no further, and its close is then ignored. */
  private void inputEnded() {
    inputEnded = true;
    Linger listener = linger;
    if (listener != null) {
      listener.peerClosed();
    }
  }

  @Override
  public boolean flush(ByteBuffer... buffers) throws IOException {
    if (isLingering()) {
      discard(buffers);
      return true;
    }
    return endPoint.flush(buffers);
  }

  @Override
  public void write(Callback callback, ByteBuffer... buffers) {
    if (isLingering()) {
      discard(buffers);
      callback.succeeded();
    } else {
      endPoint.write(callback, buffers);
    }
  }

  private static void discard(ByteBuffer... buffers) {
    for (ByteBuffer buffer : buffers) {
      buffer.position(buffer.limit());
    }
  }

  @Override
  public void close(@Nullable Throwable cause) {
    if (isLingering() || (!inputEnded && tracked.lingersInsteadOfClosing())) {
      return;
    }
    endPoint.close(cause);
  }

  @Override
  public EndPoint unwrap() {
    return endPoint;
  }

  @Override
  public void shutdownOutput() {
    endPoint.shutdownOutput();
  }

  @Override
  public SocketAddress getLocalSocketAddress() {
    return endPoint.getLocalSocketAddress();
  }

  @Override
  public SocketAddress getRemoteSocketAddress() {
    return endPoint.getRemoteSocketAddress();
  }

  @Override
  public boolean isOpen() {
    return endPoint.isOpen();
  }

  @Override
  public long getCreatedTimeStamp() {
    return endPoint.getCreatedTimeStamp();
  }

  @Override
  public boolean isOutputShutdown() {
    return endPoint.isOutputShutdown();
  }

  @Override
  public boolean isInputShutdown() {
    return endPoint.isInputShutdown();
  }

  @Override
  public Object getTransport() {
    return endPoint.getTransport();
  }

  @Override
  public long getIdleTimeout() {
    return endPoint.getIdleTimeout();
  }

  @Override
  public void setIdleTimeout(long idleTimeout) {
    endPoint.setIdleTimeout(idleTimeout);
  }

  @Override
  public void fillInterested(Callback callback) {
    endPoint.fillInterested(callback);
  }

  @Override
  public boolean tryFillInterested(Callback callback) {
    return endPoint.tryFillInterested(callback);
  }

  @Override
  public boolean isFillInterested() {
    return endPoint.isFillInterested();
  }

  @Override
  public Callback cancelWrite(Throwable cause) {
    return endPoint.cancelWrite(cause);
  }

  @Override
  public Connection getConnection() {
    return endPoint.getConnection();
  }

  @Override
  public void setConnection(Connection connection) {
    endPoint.setConnection(connection);
  }

  @Override
  public void onOpen() {
    endPoint.onOpen();
  }

  @Override
  public void onClose(Throwable cause) {
    endPoint.onClose(cause);
  }

  @Override
  public void upgrade(Connection newConnection) {
    endPoint.upgrade(newConnection);
  }

  @Override
  public SslSessionData getSslSessionData() {
    return endPoint.getSslSessionData();
  }

  @Override
  public boolean isSecure() {
    return endPoint.isSecure();
  }

  @Override
  public String toString() {
    return endPoint.toString();
  }
}
