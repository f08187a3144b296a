package io.http2drain.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.http2drain.DrainPolicy;
import io.http2drain.DrainReport;
import io.http2drain.peer.RawPeer;
import io.http2drain.rig.DrainedServer;
import io.http2drain.rig.Eventually;
import io.http2drain.rig.LateClient;
import io.http2drain.rig.Scene;
import io.http2drain.rig.TlsClient;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Peers that connect and never come as far as a request.
 *
 * <p>The witness's request is held until the last of them is closed. At the deadline it would be
 * cut: that it is answered proves that none of them stayed that long.
 */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class StuckOpeningTest {

  private static final byte[] NOTHING = {};
  private static final byte[] IN_THE_REQUEST_LINE = ascii("PRI * HT");
  private static final byte[] IN_THE_PREFACE = ascii("PRI * HTTP/2.0\r\n\r\nSM");
  private static final byte[] NO_SETTINGS = ascii("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");

  @Test
  void fiveHundredStuckInEachStageOfTheOpening_areClosedAfterTheLinger() throws Exception {
    try (Scene scene = open(DrainPolicy.DEFAULT.withLinger(300).withTimeout(20_000))) {
      DrainedServer server = scene.server();
      RawPeer peer = scene.connect(server.h2c());
      int good = scene.hold(peer, "/hold/good");
      byte[] hello = clientHello();
      byte[] halfHello = Arrays.copyOf(hello, hello.length / 2);

      List<SocketChannel> stuck = new ArrayList<>();
      stuck.addAll(connect(250, server.clear, NOTHING));
      stuck.addAll(connect(250, server.clear, IN_THE_REQUEST_LINE));
      List<SocketChannel> inThePreface = connect(250, server.clear, IN_THE_PREFACE);
      stuck.addAll(inThePreface);
      List<SocketChannel> withoutSettings = connect(500, server.clear, NO_SETTINGS);
      stuck.addAll(connect(250, server.secure, NOTHING));
      stuck.addAll(connect(250, server.secure, hello));
      stuck.addAll(connect(250, server.secure, halfHello));
      List<SSLSocket> behindTls = new ArrayList<>();
      behindTls.addAll(connectTls(25, server.secure, NOTHING));
      behindTls.addAll(connectTls(25, server.secure, NO_SETTINGS));

      // All are accepted, and all that they sent is read. A ClientHello is enough for a session:
      // Jetty makes it when the protocol is chosen, before the handshake is complete.
      awaitConnections(server.clear, 1250 + 1);
      awaitConnections(server.secure, 750 + 50 + 1);
      int sessions = 250 + 500 + 250 + 50 + 2;
      Eventually.await("sessions", () -> server.drain.getSessionCount() == sessions);
      awaitBytes(server.clear, 250L * IN_THE_REQUEST_LINE.length);
      awaitBytes(server.secure, 250L * (hello.length + halfHello.length));

      scene.stop();
      for (SocketChannel channel : stuck) {
        readAll(channel);
      }
      for (SocketChannel channel : withoutSettings) {
        assertEquals("SETTINGS", LateClient.frames(readAll(channel)).get(0));
      }
      for (SSLSocket socket : behindTls) {
        socket.getInputStream().readAllBytes();
        socket.close();
      }
      assertFalse(scene.isStopped());
      scene.answered(peer, good, "/hold/good");
      scene.releaseWitness();
      scene.awaitStopped();
      DrainReport report = server.report();
      assertEquals(sessions, report.sessions());
      assertEquals(2, report.completed());
      assertEquals(0, report.cut());
      scene.record(
          "06a",
          "500 each: TCP only, half or all of a ClientHello, half a preface, preface and no SETTINGS",
          "FIN after `drain.linger`",
          "`drain.linger` (300)");
    }
  }

  @Test
  void openingsThatDribbleAByteFromTimeToTime_areClosedAfterTheLinger() throws Exception {
    try (Scene scene = open(DrainPolicy.DEFAULT.withLinger(100).withTimeout(15_000))) {
      DrainedServer server = scene.server();
      byte[] settings = Arrays.copyOf(NO_SETTINGS, NO_SETTINGS.length + 9 + 6 * 200);
      settings[NO_SETTINGS.length + 1] = (byte) ((6 * 200) >> 8);
      settings[NO_SETTINGS.length + 2] = (byte) (6 * 200);
      settings[NO_SETTINGS.length + 3] = 4;
      List<SocketChannel> dribbling = new ArrayList<>();
      List<ByteBuffer> left = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        dribbling.addAll(connect(1, server.secure, NOTHING));
        left.add(ByteBuffer.wrap(clientHello()));
        dribbling.addAll(connect(1, server.clear, NOTHING));
        left.add(ByteBuffer.wrap(ascii("GET /" + "a".repeat(1200))));
        dribbling.addAll(connect(1, server.clear, IN_THE_REQUEST_LINE));
        left.add(ByteBuffer.wrap(settings).position(IN_THE_REQUEST_LINE.length));
        dribbling.addAll(connect(1, server.clear, IN_THE_PREFACE));
        left.add(ByteBuffer.wrap(settings).position(IN_THE_PREFACE.length));
      }
      awaitConnections(server.clear, 30);
      awaitConnections(server.secure, 10 + 1);
      scene.stop();
      dribble(dribbling, left);
      assertFalse(scene.isStopped());
      scene.releaseWitness();
      scene.awaitStopped();
      assertEquals(1, server.report().completed());
      assertEquals(0, server.report().cut());
      scene.record(
          "06b",
          "A ClientHello, preface, SETTINGS or first request line, a byte each 20 ms",
          "closed after `drain.linger`",
          "`drain.linger` (100)");
    }
  }

  /** Sends a byte on each channel that is still open, again and again until none is. */
  private static void dribble(List<SocketChannel> channels, List<ByteBuffer> left)
      throws IOException {
    Set<SocketChannel> open = new HashSet<>(channels);
    while (!open.isEmpty()) {
      for (int i = 0; i < channels.size(); i++) {
        SocketChannel channel = channels.get(i);
        if (open.contains(channel) && !sendByte(channel, left.get(i))) {
          channel.close();
          open.remove(channel);
        }
      }
      // Several times between two looks of the server; it makes the fault, nothing waits for it.
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
    }
  }

  /** Returns false when the server has closed. */
  private static boolean sendByte(SocketChannel channel, ByteBuffer left) {
    if (!left.hasRemaining()) {
      throw new IllegalStateException("still open after the last byte: " + channel);
    }
    try {
      channel.configureBlocking(false);
      channel.write(left.slice(left.position(), 1));
      left.get();
      return channel.read(ByteBuffer.allocate(1024)) >= 0;
    } catch (IOException x) {
      return false;
    }
  }

  /** With room for all in the accept queues. */
  private static Scene open(DrainPolicy policy) throws Exception {
    DrainedServer server = new DrainedServer(policy);
    server.clear.setAcceptQueueSize(1024);
    server.secure.setAcceptQueueSize(1024);
    return Scene.open(server);
  }

  private static List<SocketChannel> connect(int count, ServerConnector connector, byte[] bytes)
      throws IOException {
    List<SocketChannel> channels = new ArrayList<>();
    InetSocketAddress address =
        new InetSocketAddress(InetAddress.getLoopbackAddress(), connector.getLocalPort());
    for (int i = 0; i < count; i++) {
      SocketChannel channel = SocketChannel.open(address);
      channel.write(ByteBuffer.wrap(bytes));
      channels.add(channel);
    }
    return channels;
  }

  private static List<SSLSocket> connectTls(int count, ServerConnector connector, byte[] bytes)
      throws IOException {
    List<SSLSocket> sockets = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      SSLSocket socket =
          TlsClient.over(new Socket(InetAddress.getLoopbackAddress(), connector.getLocalPort()));
      socket.startHandshake();
      socket.getOutputStream().write(bytes);
      sockets.add(socket);
    }
    return sockets;
  }

  /** One that names many protocols, so that there is something to dribble. */
  private static byte[] clientHello() throws SSLException {
    SSLEngine engine = TlsClient.engine();
    SSLParameters parameters = engine.getSSLParameters();
    Stream<String> protocols = IntStream.range(0, 100).mapToObj(i -> "protocol-" + i);
    parameters.setApplicationProtocols(
        Stream.concat(Stream.of("h2"), protocols).toArray(String[]::new));
    engine.setSSLParameters(parameters);
    ByteBuffer hello = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
    engine.wrap(ByteBuffer.allocate(0), hello);
    return Arrays.copyOf(hello.array(), hello.position());
  }

  private static byte[] readAll(SocketChannel channel) throws IOException {
    try (InputStream input = Channels.newInputStream(channel)) {
      return input.readAllBytes();
    }
  }

  private static void awaitConnections(ServerConnector connector, int count) {
    Eventually.await("accepted", () -> connector.getConnectedEndPoints().size() == count);
  }

  /** Waits until the connections that are not HTTP/2 have read so much. */
  private static void awaitBytes(ServerConnector connector, long bytes) {
    Eventually.await(
        "read",
        () ->
            connector.getConnectedEndPoints().stream()
                    .map(EndPoint::getConnection)
                    .mapToLong(Connection::getBytesIn)
                    .sum()
                >= bytes);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
