package io.http2drain.peer;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What happens to the TCP connection, and what a peer does not say when told so. */
@Timeout(30)
class PeerSocketTest {
  private static final Duration LIMIT = Duration.ofSeconds(10);

  private static List<FrameKind> kinds(RawPeer peer) {
    return peer.frames().stream().map(ReceivedFrame::kind).toList();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 40})
  void fin_peerClosesOnIt_isRecordedBeforeClosed(int roundTripMillis) throws Exception {
    try (ScriptedServer server =
        new ScriptedServer(
            wire -> {
              wire.write(ScriptedServer.SETTINGS, 0, 0);
              wire.goAway(2147483647);
              wire.shutdownOutput();
              wire.readToEnd();
            })) {
      PeerOptions options = server.options().withAddedRoundTrip(Duration.ofMillis(roundTripMillis));
      try (RawPeer peer = RawPeer.connect(options)) {
        server.await();
        ReceivedFrame closed = peer.await(FrameKind.CLOSED, LIMIT);
        assertEquals("CLOSED", closed.toString());
        assertEquals(
            "[SETTINGS{}, GOAWAY(last=2147483647,NO_ERROR), FIN(tcp), CLOSED]",
            peer.frames().toString());
      }
    }
  }

  @Test
  void goAway_peerThatLeavesOnIt_closesBehindItsLastAnswer() throws Exception {
    try (ScriptedServer server =
        new ScriptedServer(
            wire -> {
              wire.readUntil(ScriptedServer.HEADERS);
              wire.write(ScriptedServer.SETTINGS, 0, 0);
              wire.goAway(2147483647);
              wire.write(ScriptedServer.PING, 0, 0, new byte[8]);
              wire.readUntil(ScriptedServer.PING); // It is still there.
              wire.status(1, ScriptedServer.END_STREAM, 200);
              wire.readToEnd();
            })) {
      try (RawPeer peer = RawPeer.connect(server.options().withCloseOnGoAway(true))) {
        int stream = peer.request("GET", "/", Map.of(), true);
        server.await();
        assertEquals(Fate.OK, peer.response(stream).get(10, TimeUnit.SECONDS).fate());
        assertEquals("CLOSED", peer.await(FrameKind.CLOSED, LIMIT).toString());
      }
    }
  }

  @Test
  void fin_peerLingers_staysConnectedUntilClosed() throws Exception {
    CountDownLatch lingered = new CountDownLatch(1);
    try (ScriptedServer server =
        new ScriptedServer(
            wire -> {
              wire.shutdownOutput();
              wire.readUntil(ScriptedServer.PING);
              wire.socket.setSoTimeout(100);
              assertThrows(SocketTimeoutException.class, () -> wire.in.read());
              wire.socket.setSoTimeout(0);
              lingered.countDown();
              wire.readUntil(ScriptedServer.GOAWAY);
              assertEquals(-1, wire.in.read());
            })) {
      try (RawPeer peer = RawPeer.connect(server.options().withCloseOnFin(false))) {
        peer.await(FrameKind.FIN, LIMIT);
        peer.ping(1);
        // Half closed, the peer can still write.
        assertTrue(lingered.await(10, SECONDS));
        assertEquals(List.of(FrameKind.FIN), kinds(peer));
        peer.goAway(0, 0);
        peer.close();
        server.await();
        peer.await(FrameKind.CLOSED, LIMIT);
      }
    }
  }

  @Test
  void rst_fromTheServer_isClosedWithoutFin() throws Exception {
    try (ScriptedServer server =
        new ScriptedServer(
            wire -> {
              wire.write(ScriptedServer.SETTINGS, 0, 0);
              wire.readUntil(ScriptedServer.PING);
              wire.socket.setSoLinger(true, 0);
            })) {
      try (RawPeer peer = RawPeer.connect(server.options())) {
        peer.ping(1);
        ReceivedFrame closed = peer.await(FrameKind.CLOSED, LIMIT);
        assertEquals(List.of(FrameKind.SETTINGS, FrameKind.CLOSED), kinds(peer));
        assertFalse(closed.debugData().isEmpty());
      }
    }
  }

  @Test
  void abort_isAnRstForTheServer() throws Exception {
    try (ScriptedServer server =
        new ScriptedServer(wire -> assertThrows(IOException.class, wire::readToEnd))) {
      try (RawPeer peer = RawPeer.connect(server.options())) {
        peer.abort();
        server.await();
        peer.await(FrameKind.CLOSED, LIMIT);
      }
    }
  }

  @Test
  void shutdownOutput_isAFinForTheServerAndReadingGoesOn() throws Exception {
    try (ScriptedServer server =
        new ScriptedServer(
            wire -> {
              wire.readToEnd();
              wire.goAway(0);
            })) {
      PeerOptions options =
          server.options().withAddedRoundTrip(Duration.ofMillis(20)).withCloseOnFin(false);
      try (RawPeer peer = RawPeer.connect(options)) {
        peer.shutdownOutput();
        peer.await(FrameKind.CLOSED, LIMIT);
        assertEquals(List.of(FrameKind.GOAWAY, FrameKind.FIN, FrameKind.CLOSED), kinds(peer));
      }
    }
  }

  @Test
  void acks_switchedOff_areNeverWrittenButByHand() throws Exception {
    try (ScriptedServer server =
        new ScriptedServer(
            wire -> {
              assertEquals(ScriptedServer.SETTINGS, wire.read().type());
              wire.write(ScriptedServer.SETTINGS, 0, 0);
              wire.write(ScriptedServer.PING, 0, 0, new byte[8]);
              // Nothing lies between the preface and the frames written by hand.
              ScriptedServer.Frame pong = wire.read();
              assertEquals(ScriptedServer.PING, pong.type());
              assertEquals(ScriptedServer.ACK, pong.flags());
              assertEquals(9, pong.payload().getLong());
              ScriptedServer.Frame ack = wire.read();
              assertEquals(ScriptedServer.SETTINGS, ack.type());
              assertEquals(ScriptedServer.ACK, ack.flags());
            })) {
      PeerOptions options = server.options().withAckPing(false).withAckSettings(false);
      try (RawPeer peer = RawPeer.connect(options)) {
        peer.await(FrameKind.PING, LIMIT);
        peer.ackPing(9);
        peer.ackSettings();
        server.await();
      }
    }
  }

  @Test
  void preface_extraSettings_areSentWithTheUsual() throws Exception {
    try (ScriptedServer server =
        new ScriptedServer(
            wire -> {
              ByteBuffer settings = wire.read().payload();
              assertEquals(18, settings.remaining());
              assertEquals(2, settings.getShort());
              assertEquals(0, settings.getInt());
              assertEquals(4, settings.getShort());
              assertEquals(12345, settings.getInt());
              assertEquals(6, settings.getShort());
              assertEquals(999, settings.getInt());
            })) {
      PeerOptions options = server.options().withInitialWindow(12345).withSettings(Map.of(6, 999L));
      try (RawPeer peer = RawPeer.connect(options)) {
        server.await();
      }
    }
  }

  @Test
  void pauseReading_untilResumed_closesTheTcpWindow() throws Exception {
    ByteBuffer pings = ByteBuffer.allocate(17 * 500_000);
    for (int i = 0; i < 500_000; i++) {
      pings.putInt(8 << 8 | ScriptedServer.PING).put((byte) 1).putInt(0).putLong(i);
    }
    pings.flip();
    try (ServerSocketChannel listener = ServerSocketChannel.open();
        Selector selector = Selector.open()) {
      listener.setOption(StandardSocketOptions.SO_RCVBUF, 8192);
      listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      int port = listener.socket().getLocalPort();
      try (RawPeer peer = RawPeer.connect(PeerOptions.h2c(port).withReceiveBuffer(8192));
          SocketChannel server = listener.accept()) {
        peer.pauseReading();
        server.setOption(StandardSocketOptions.SO_SNDBUF, 8192);
        server.configureBlocking(false);
        server.register(selector, SelectionKey.OP_WRITE);
        while (pings.hasRemaining() && selector.select(300) > 0) {
          selector.selectedKeys().clear();
          server.write(pings);
        }
        assertTrue(pings.hasRemaining(), "all was read though paused");
        peer.resumeReading();
        while (pings.hasRemaining()) {
          assertTrue(selector.select(5000) > 0, "stalled though resumed");
          selector.selectedKeys().clear();
          server.write(pings);
        }
        peer.await(frame -> frame.payload() == 499_999, LIMIT);
      }
    }
  }
}
