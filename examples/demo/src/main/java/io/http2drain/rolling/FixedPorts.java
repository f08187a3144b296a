package io.http2drain.rolling;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Ports for servers that come back to them. Not from those that the system hands out: while a
 * server is down, an outgoing connection could get its port.
 */
final class FixedPorts {
  private static final Path HANDED_OUT = Path.of("/proc/sys/net/ipv4/ip_local_port_range");
  private static final int LOWEST = 10_000;
  private static final int ATTEMPTS = 1_000;

  private FixedPorts() {}

  /** That many ports, all different, that nothing listens on now. */
  static List<Integer> find(int count) throws IOException {
    int range = firstHandedOut() - LOWEST;
    Random random = new Random();
    List<Integer> ports = new ArrayList<>();
    for (int i = 0; i < ATTEMPTS && ports.size() < count; i++) {
      int port = LOWEST + random.nextInt(range);
      if (!ports.contains(port) && free(port)) {
        ports.add(port);
      }
    }
    if (ports.size() < count) {
      throw new IOException("no " + count + " free ports from " + LOWEST + " on, below " + range);
    }
    return ports;
  }

  private static int firstHandedOut() throws IOException {
    if (!Files.exists(HANDED_OUT)) {
      return 32_768;
    }
    int first = Integer.parseInt(Files.readString(HANDED_OUT).trim().split("\\s+", -1)[0]);
    // Where the system hands out nearly all, there is no safe choice.
    return Math.max(first, LOWEST + 2_000);
  }

  private static boolean free(int port) {
    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return socket.isBound();
    } catch (IOException e) {
      return false;
    }
  }
}
