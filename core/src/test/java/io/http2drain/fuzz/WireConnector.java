package io.http2drain.fuzz;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import org.eclipse.jetty.io.ByteArrayEndPoint;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.server.AbstractConnector;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Server;

/**
 * Connections without sockets: what a peer sends is read on the thread that sends it. What a real
 * connector leaves to its selector waits until somebody runs it.
 */
final class WireConnector extends AbstractConnector {

  private final ManualThreads threads;
  private int connections;

  WireConnector(Server server, ManualThreads threads, ConnectionFactory... factories) {
    super(server, null, null, null, 0, factories);
    this.threads = threads;
    setIdleTimeout(-1);
  }

  /**
   * Opens a connection.
   *
   * @param capacity how many bytes the server can write before the peer has to read; -1 for any
   *     number
   */
  Wire connect(int capacity) {
    Wire wire = new Wire(++connections, capacity);
    Connection connection = getDefaultConnectionFactory().newConnection(this, wire);
    wire.setConnection(connection);
    onEndPointOpened(wire);
    connection.onOpen();
    return wire;
  }

  @Override
  protected void accept(int acceptor) {
    throw new IllegalStateException("acceptors: 1 (expected: 0)");
  }

  @Override
  public Object getTransport() {
    return this;
  }

  /** Both directions of one connection; the server's end of it. */
  final class Wire extends ByteArrayEndPoint {

    private final int number;
    private boolean broken;

    private Wire(int number, int capacity) {
      super(WireConnector.this.getScheduler(), -1, (ByteBuffer) null, capacity, capacity < 0);
      this.number = number;
    }

    /** Tells connections apart: the port of the peer. */
    int number() {
      return number;
    }

    /** The peer resets the connection. */
    void breakOff() {
      broken = true;
      getFillInterest().fillable();
      getWriteFlusher().completeWrite();
    }

    @Override
    public int fill(ByteBuffer buffer) throws IOException {
      if (broken) { // As of a socket, where a reset reads like a FIN.
        shutdownInput();
        return -1;
      }
      return super.fill(buffer);
    }

    @Override
    public boolean flush(ByteBuffer... buffers) throws IOException {
      if (broken) {
        throw new EofException("reset by peer");
      }
      return super.flush(buffers);
    }

    @Override
    protected void execute(Runnable task) {
      threads.executeUrgent(task);
    }

    @Override
    public SocketAddress getRemoteSocketAddress() {
      return InetSocketAddress.createUnresolved("peer", number);
    }

    /** As of a socket: the connection hears of it from a pool thread. */
    @Override
    public void onClose(Throwable failure) {
      super.onClose(failure);
      getExecutor()
          .execute(
              () -> {
                getConnection().onClose(failure);
                onEndPointClosed(this);
              });
    }
  }
}
