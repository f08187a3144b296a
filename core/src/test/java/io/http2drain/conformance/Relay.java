package io.http2drain.conformance;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * A listener whose connections to the server were made beforehand: who connects to it speaks to a
 * server that accepts no more.
 */
final class Relay implements AutoCloseable {

  private final Line line;
  private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final Queue<Socket> waiting = new ConcurrentLinkedQueue<>();
  private final Queue<Socket> taken = new ConcurrentLinkedQueue<>();

  /** What is done with the bytes of a connection; by itself nothing. */
  interface Line {

    /** The connection to the server was made; a client will take it later. */
    default void made(Socket server) throws IOException {}

    /** A client has come; the server may have sent something by now. */
    default void taken(InputStream server, OutputStream client) throws IOException {}

    /** Copies until the client ends. */
    default void toServer(InputStream client, OutputStream server) throws IOException {
      client.transferTo(server);
    }

    /** Copies until the server ends. */
    default void toClient(InputStream server, OutputStream client) throws IOException {
      server.transferTo(client);
    }
  }

  Relay(int serverPort, int connections, Line line) throws IOException {
    this.line = line;
    for (int i = 0; i < connections; i++) {
      Socket server = new Socket(InetAddress.getLoopbackAddress(), serverPort);
      server.setTcpNoDelay(true);
      waiting.add(server);
      line.made(server);
    }
    run(this::accept);
  }

  int port() {
    return listener.getLocalPort();
  }

  private static void run(Runnable work) {
    Thread thread = new Thread(work, "relay");
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() {
    try {
      while (true) {
        Socket client = listener.accept();
        client.setTcpNoDelay(true);
        Socket server = waiting.remove();
        taken.add(client);
        taken.add(server);
        InputStream fromServer = server.getInputStream();
        OutputStream toClient = client.getOutputStream();
        line.taken(fromServer, toClient);
        InputStream fromClient = client.getInputStream();
        OutputStream toServer = server.getOutputStream();
        run(() -> copy(client, server, () -> line.toServer(fromClient, toServer)));
        run(() -> copy(server, client, () -> line.toClient(fromServer, toClient)));
      }
    } catch (IOException x) {
      if (!listener.isClosed()) {
        throw new UncheckedIOException(x);
      }
    }
  }

  private interface Copying {
    void run() throws IOException;
  }

  /** A FIN is passed on; anything worse ends both. */
  private static void copy(Socket from, Socket to, Copying copying) {
    try {
      copying.run();
      to.shutdownOutput();
    } catch (IOException x) {
      close(from);
      close(to);
    }
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException x) {
      throw new UncheckedIOException(x);
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    waiting.forEach(Relay::close);
    taken.forEach(Relay::close);
  }
}
