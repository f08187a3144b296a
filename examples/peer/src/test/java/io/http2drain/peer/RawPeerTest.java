package io.http2drain.peer;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.CRC32;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class RawPeerTest {
  private static final Duration LIMIT = Duration.ofSeconds(10);

  static StockServer server;

  @BeforeAll
  static void start(@TempDir Path directory) throws Exception {
    server = new StockServer(SelfSignedStore.create(directory));
  }

  @AfterAll
  static void stop() throws Exception {
    server.close();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void request_answered_isOkWithStatusAndBody(boolean tls) throws Exception {
    try (RawPeer peer = RawPeer.connect(server.options(tls))) {
      int first = peer.request("GET", "/hello", Map.of(), true);
      int second = peer.request("GET", "/status/404", Map.of(), true);
      PeerResponse hello = peer.response(first).get(10, SECONDS);
      assertEquals(1, first);
      assertEquals(3, second);
      assertEquals(Fate.OK, hello.fate());
      assertEquals(200, hello.status());
      assertEquals("hello", hello.text());
      assertEquals(5, hello.bytes());
      assertEquals(Fate.CLIENT_ERROR, peer.response(second).get(10, SECONDS).fate());
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void frames_afterConnect_beginWithSettings(boolean tls) throws Exception {
    try (RawPeer peer = RawPeer.connect(server.options(tls))) {
      peer.ping(77);
      ReceivedFrame pong = peer.await(FrameKind.PING_ACK, LIMIT);
      peer.await(FrameKind.SETTINGS_ACK, LIMIT);
      assertEquals(77, pong.payload());
      assertEquals("PING_ACK(77)", pong.toString());
      ReceivedFrame first = peer.frames().get(0);
      assertEquals(FrameKind.SETTINGS, first.kind(), () -> peer.frames().toString());
      assertEquals("128", first.headers().get("MAX_CONCURRENT_STREAMS"));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void upload_largerThanTheWindows_arrivesByteForByte(boolean tls) throws Exception {
    byte[] content = new byte[3_000_001];
    new Random(42).nextBytes(content);
    CRC32 crc = new CRC32();
    crc.update(content);
    try (RawPeer peer = RawPeer.connect(server.options(tls))) {
      int one = peer.request("POST", "/digest", Map.of(), false);
      int two = peer.request("POST", "/digest", Map.of(), false);
      int empty = peer.request("POST", "/digest", Map.of(), false);
      peer.upload(one, content, 7001);
      peer.upload(two, 1_000_000L, 16384);
      peer.upload(empty, 0L, 16384);
      assertEquals("3000001 " + crc.getValue(), peer.response(one).get(30, SECONDS).text());
      assertTrue(peer.response(two).get(30, SECONDS).text().startsWith("1000000 "));
      assertEquals("0 0", peer.response(empty).get(30, SECONDS).text());
    }
  }

  @Test
  void upload_beforeAnyCredit_stopsAtTheWindow() throws Exception {
    try (ScriptedServer scripted =
        new ScriptedServer(
            wire -> {
              wire.write(ScriptedServer.SETTINGS, 0, 0);
              int received = 0;
              while (received < 65535) {
                received += wire.readUntil(ScriptedServer.DATA).payload().remaining();
              }
              assertEquals(65535, received);
              // Whatever the peer sent before it saw this PING is read before the ack.
              wire.write(ScriptedServer.PING, 0, 0, new byte[8]);
              int next = wire.read().type();
              if (next == ScriptedServer.SETTINGS) {
                next = wire.read().type();
              }
              assertEquals(ScriptedServer.PING, next);
              // The stream's credit alone is not enough, the connection's is missing.
              wire.writeInt(8, 1, 100);
              wire.writeInt(8, 0, 40);
              assertEquals(40, wire.readUntil(ScriptedServer.DATA).payload().remaining());
            })) {
      try (RawPeer peer = RawPeer.connect(scripted.options())) {
        int stream = peer.request("POST", "/", Map.of(), false);
        peer.upload(stream, 100_000L, 10_000);
        scripted.await();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void download_creditedAtOnce_isComplete(boolean tls) throws Exception {
    CRC32 crc = new CRC32();
    crc.update(new byte[5_000_000]);
    try (RawPeer peer = RawPeer.connect(server.options(tls).withInitialWindow(30_000))) {
      int stream = peer.request("GET", "/bytes/5000000", Map.of(), true);
      PeerResponse response = peer.response(stream).get(30, SECONDS);
      assertEquals(5_000_000, response.bytes());
      assertEquals(crc.getValue(), response.body().crc32());
      assertEquals(1_048_576, response.body().kept().length);
    }
  }

  @Test
  void download_neverCredited_stopsAtTheWindow() throws Exception {
    try (RawPeer peer = RawPeer.connect(server.options(false).withCreditData(false))) {
      int stream = peer.request("GET", "/bytes/70000", Map.of(), true);
      peer.await(frame -> received(peer) == 65535, LIMIT);
      peer.ping(1);
      peer.await(FrameKind.PING_ACK, LIMIT);
      assertEquals(65535, received(peer));
      assertFalse(peer.response(stream).isDone());
      peer.windowUpdate(0, 10_000);
      peer.windowUpdate(stream, 10_000);
      assertEquals(70_000, peer.response(stream).get(10, SECONDS).bytes());
    }
  }

  private static long received(RawPeer peer) {
    return peer.frames().stream().mapToLong(ReceivedFrame::length).sum();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void ping_overAnAddedRoundTrip_takesAtLeastThat(boolean tls) throws Exception {
    PeerOptions options = server.options(tls).withAddedRoundTrip(Duration.ofMillis(80));
    try (RawPeer peer = RawPeer.connect(options)) {
      long start = System.nanoTime();
      peer.ping(5);
      long nanos = peer.await(FrameKind.PING_ACK, LIMIT).nanoTime() - start;
      assertTrue(nanos >= 80_000_000, () -> "round trip of " + nanos + " ns");
    }
  }

  @Test
  void head_contentLengthWithoutContent_isOk() throws Exception {
    try (RawPeer peer = RawPeer.connect(server.options(false))) {
      int stream = peer.request("HEAD", "/bytes/500", Map.of(), true);
      PeerResponse response = peer.response(stream).get(10, SECONDS);
      assertEquals(Fate.OK, response.fate(), response::toString);
    }
  }

  @Test
  void trailers_afterData_endTheRequest() throws Exception {
    try (RawPeer peer = RawPeer.connect(server.options(false))) {
      int stream = peer.request("POST", "/digest", Map.of(), false);
      peer.data(stream, new byte[] {1, 2, 3}, false);
      peer.trailers(stream, Map.of("x-end", "yes"));
      assertTrue(peer.response(stream).get(10, SECONDS).text().startsWith("3 "));
    }
  }

  @Test
  void reset_unfinishedRequest_leavesTheConnectionUsable() throws Exception {
    try (RawPeer peer = RawPeer.connect(server.options(false))) {
      int stream = peer.request("POST", "/digest", Map.of(), false);
      peer.reset(stream, 8);
      int next = peer.request("GET", "/hello", Map.of(), true);
      assertEquals(Fate.OK, peer.response(next).get(10, SECONDS).fate());
    }
  }

  @Test
  void connect_nobodyListens_throwsIoException() throws Exception {
    int port;
    try (ServerSocket socket = new ServerSocket(0)) {
      port = socket.getLocalPort();
    }
    assertThrows(IOException.class, () -> RawPeer.connect(PeerOptions.h2c(port)));
  }

  @Test
  void connect_tlsToClearText_throwsIoException() {
    PeerOptions wrong = server.options(false).withTls(true);
    assertThrows(IOException.class, () -> RawPeer.connect(wrong));
  }

  @Test
  void await_nothingMatches_failsWithTheFramesReceived() throws Exception {
    try (RawPeer peer = RawPeer.connect(server.options(false))) {
      peer.await(FrameKind.SETTINGS_ACK, LIMIT);
      IllegalStateException failure =
          assertThrows(
              IllegalStateException.class,
              () -> peer.await(FrameKind.GOAWAY, Duration.ofMillis(20)));
      assertTrue(failure.toString().contains("SETTINGS_ACK"), failure::toString);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void frames_serverStops_endWithGoAwayAndClose(boolean tls, @TempDir Path directory)
      throws Exception {
    try (StockServer stopping = new StockServer(SelfSignedStore.create(directory))) {
      RawPeer peer = RawPeer.connect(stopping.options(tls));
      int stream = peer.request("GET", "/hello", Map.of(), true);
      assertEquals(Fate.OK, peer.response(stream).get(10, SECONDS).fate());
      stopping.close();
      peer.await(FrameKind.CLOSED, LIMIT);
      List<FrameKind> kinds = peer.frames().stream().map(ReceivedFrame::kind).toList();
      assertTrue(peer.goAwaySeen(), kinds::toString);
      assertTrue(kinds.indexOf(FrameKind.GOAWAY) < kinds.indexOf(FrameKind.FIN), kinds::toString);
      assertEquals(FrameKind.CLOSED, kinds.get(kinds.size() - 1));
      String fin = peer.await(FrameKind.FIN, LIMIT).toString();
      assertEquals(tls ? "FIN(close_notify)" : "FIN(tcp)", fin);
      assertEquals(1, peer.lastGoAway());
      assertFalse(peer.isOpen());
    }
  }
}
