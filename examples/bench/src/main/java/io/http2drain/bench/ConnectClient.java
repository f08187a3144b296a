package io.http2drain.bench;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Opens HTTP/2 sessions, waits for the server's SETTINGS, and closes them in order: FIN, and
 * reading to the server's. In a few threads.
 */
final class ConnectClient {

  private static final int THREADS = 4;
  private static final int FRAME_HEADER = 9;
  private static final int SETTINGS = 4;

  /** The connection preface of RFC 9113 section 3.4, with empty SETTINGS. */
  private static final byte[] PREFACE =
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0".getBytes(StandardCharsets.US_ASCII);

  private ConnectClient() {}

  /** Blocks; returns how long it took, in seconds. */
  static double run(int port, int sessions) {
    AtomicInteger left = new AtomicInteger(sessions);
    long begin = System.nanoTime();
    List<CompletableFuture<Void>> threads = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      CompletableFuture<Void> done = new CompletableFuture<>();
      Thread thread =
          new Thread(
              () -> {
                try {
                  while (left.getAndDecrement() > 0) {
                    openAndClose(port);
                  }
                  done.complete(null);
                } catch (IOException x) {
                  done.completeExceptionally(new UncheckedIOException(x));
                }
              });
      thread.setDaemon(true);
      thread.start();
      threads.add(done);
    }
    threads.forEach(CompletableFuture::join);
    return (System.nanoTime() - begin) / 1e9;
  }

  private static void openAndClose(int port) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setTcpNoDelay(true);
      socket.getOutputStream().write(PREFACE);
      DataInputStream input = new DataInputStream(socket.getInputStream());
      byte[] header = new byte[FRAME_HEADER];
      input.readFully(header);
      if (header[3] != SETTINGS) {
        throw new IOException("frame type: " + header[3] + " (expected: " + SETTINGS + ")");
      }
      socket.shutdownOutput();
      while (input.read() >= 0) { // The rest of its preface, and perhaps a GOAWAY.
      }
    }
  }
}
