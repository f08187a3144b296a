package io.http2drain.handover;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** What the kernel does with the queue of a listener that is closed while another one listens. */
@Timeout(60)
@EnabledOnOs(OS.LINUX)
class ReusePortQueueIT {
  private static final int CLIENTS = 64;

  @Test
  void queueOfClosedListener_isResetUnlessTheKernelMigratesIt() throws IOException {
    boolean migrates = MigrateSetting.current().equals("1");
    List<Socket> clients = new ArrayList<>();
    ServerSocketChannel old = listen(0);
    int port = old.socket().getLocalPort();
    try (ServerSocketChannel next = listen(port)) {
      for (int i = 0; i < CLIENTS; i++) {
        clients.add(new Socket(InetAddress.getLoopbackAddress(), port)); // In one of the queues.
      }
      old.close();
      int accepted = 0;
      for (SocketChannel one = next.accept(); one != null; one = next.accept()) {
        one.close();
        accepted++;
      }
      int reset = 0;
      for (Socket client : clients) {
        reset += isReset(client) ? 1 : 0;
      }
      assertEquals(CLIENTS, accepted + reset);
      if (migrates) {
        assertEquals(0, reset);
      } else {
        assertTrue(reset > 0); // One in 2^64 runs has none in that queue.
      }
    } finally {
      old.close();
      for (Socket client : clients) {
        client.close();
      }
    }
  }

  private static ServerSocketChannel listen(int port) throws IOException {
    ServerSocketChannel listener = ServerSocketChannel.open();
    listener.setOption(StandardSocketOptions.SO_REUSEPORT, true);
    listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), CLIENTS);
    listener.configureBlocking(false);
    return listener;
  }

  private static boolean isReset(Socket client) throws IOException {
    try {
      return client.getInputStream().read() != -1;
    } catch (SocketException e) {
      return true;
    }
  }
}
