package io.http2drain.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/**
 * The floor: accepts connections, and writes GOAWAY(2^31-1) to all of them in a bare loop. It has
 * written a SETTINGS to each before, as a server does: the loop is warm.
 */
public final class BareServer {

  private static final byte[] SETTINGS = {0, 0, 0, 4, 0, 0, 0, 0, 0};

  private static final byte[] GO_AWAY = {
    0, 0, 8, 7, 0, 0, 0, 0, 0, 0x7f, (byte) 0xff, (byte) 0xff, (byte) 0xff, 0, 0, 0, 0
  };

  private BareServer() {}

  /** Takes the number of connections; writes when a line is read from standard input. */
  public static void main(String[] arguments) throws IOException {
    int count = Integer.parseInt(arguments[0]);
    List<SocketChannel> channels = new ArrayList<>(count);
    try (ServerSocketChannel listener = ServerSocketChannel.open()) {
      listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 4096);
      System.out.println("port " + listener.socket().getLocalPort());
      while (channels.size() < count) {
        channels.add(listener.accept());
      }
      write(SETTINGS, channels);
      System.out.println("connections " + count);
      if (System.in.read() < 0) {
        return;
      }
      System.out.println("stopping " + System.nanoTime());
      write(GO_AWAY, channels);
      System.out.println("stopped " + System.nanoTime());
      while (System.in.read() >= 0) { // Open until nobody is there.
      }
    }
  }

  private static void write(byte[] bytes, List<SocketChannel> channels) throws IOException {
    ByteBuffer frame = ByteBuffer.allocateDirect(bytes.length).put(bytes);
    for (SocketChannel channel : channels) {
      channel.write(frame.rewind());
    }
  }
}
