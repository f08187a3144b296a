package io.http2drain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.http2drain.peer.Fate;
import io.http2drain.peer.FrameKind;
import io.http2drain.peer.PeerOptions;
import io.http2drain.peer.PeerResponse;
import io.http2drain.peer.RawPeer;
import io.http2drain.peer.ReceivedFrame;
import io.http2drain.rig.DownloadHandler;
import io.http2drain.rig.DrainFrames;
import io.http2drain.rig.DrainedServer;
import io.http2drain.rig.Eventually;
import io.http2drain.rig.LateClient;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The frames of a drain on the wire, against an independent implementation of HTTP/2. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class SessionDrainTest {

  private static final Duration LIMIT = Duration.ofSeconds(20);

  private static PeerOptions options(DrainedServer server, boolean tls) {
    return tls ? server.h2() : server.h2c();
  }

  private static PeerResponse response(RawPeer peer, int streamId) throws Exception {
    return peer.response(streamId).get(20, TimeUnit.SECONDS);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void idleSession_isAnnouncedPingedTwiceCutAndHalfClosed(boolean tls) throws Exception {
    try (DrainedServer server = DrainedServer.start();
        RawPeer peer = RawPeer.connect(options(server, tls))) {
      int stream = peer.request("GET", "/", Map.of(), true);
      assertEquals(Fate.OK, response(peer, stream).fate());
      Eventually.await("stream is closed", () -> server.drain.getStreamsInFlight() == 0);
      CompletableFuture<Void> stopped = server.stop();
      peer.await(FrameKind.FIN, LIMIT);
      stopped.get(20, TimeUnit.SECONDS);
      assertEquals(
          List.of("HEADERS 1", "GOAWAY 2147483647 0", "PING", "PING", "GOAWAY 1 0", "FIN"),
          DrainFrames.of(peer));
      assertEquals(FrameKind.SETTINGS, peer.frames().get(0).kind());
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void streamInFlight_finishesBehindTheFinalGoAway(boolean tls) throws Exception {
    try (DrainedServer server = DrainedServer.start();
        RawPeer peer = RawPeer.connect(options(server, tls))) {
      int stream = peer.request("GET", "/hold/a", Map.of(), true);
      server.handler.awaitArrival("/hold/a");
      CompletableFuture<Void> stopped = server.stop();
      peer.await(frame -> frame.kind() == FrameKind.GOAWAY && frame.lastStreamId() == 1, LIMIT);
      assertFalse(stopped.isDone());
      server.handler.release("/hold/a");
      assertEquals("answer to /hold/a", response(peer, stream).text());
      peer.await(FrameKind.FIN, LIMIT);
      stopped.get(20, TimeUnit.SECONDS);
      // The last PING proves that the answer is read.
      assertEquals(
          List.of("GOAWAY 2147483647 0", "PING", "PING", "GOAWAY 1 0", "HEADERS 1", "PING", "FIN"),
          DrainFrames.of(peer));
      DrainReport report = server.report();
      assertEquals(1, report.sessions());
      assertEquals(1, report.completed());
      assertEquals(0, report.refused() + report.abandoned() + report.cut());
    }
  }

  @Test
  void streamBetweenTheGoAways_isServed() throws Exception {
    try (DrainedServer server = DrainedServer.start();
        RawPeer peer = RawPeer.connect(server.h2c().withAckPing(false))) {
      peer.await(FrameKind.SETTINGS, LIMIT);
      CompletableFuture<Void> stopped = server.stop();
      ReceivedFrame first = peer.await(FrameKind.PING, LIMIT);
      int stream = peer.request("GET", "/between", Map.of(), true);
      peer.ackPing(first.payload());
      assertEquals("answer to /between", response(peer, stream).text());
      ReceivedFrame second =
          peer.await(f -> f.kind() == FrameKind.PING && f.payload() != first.payload(), LIMIT);
      peer.ackPing(second.payload());
      peer.await(f -> f.kind() == FrameKind.GOAWAY && f.lastStreamId() == stream, LIMIT);
      peer.ackPing(peer.await(f -> isPingAfter(f, second), LIMIT).payload());
      stopped.get(20, TimeUnit.SECONDS);
      assertEquals(1, server.report().completed());
    }
  }

  private static boolean isPingAfter(ReceivedFrame frame, ReceivedFrame other) {
    return frame.kind() == FrameKind.PING && frame.nanoTime() - other.nanoTime() > 0;
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void streamAfterTheCut_isRefusedAndNeverRun(boolean tls) throws Exception {
    try (DrainedServer server = DrainedServer.start();
        RawPeer peer = RawPeer.connect(options(server, tls))) {
      int admitted = peer.request("GET", "/hold/a", Map.of(), true);
      server.handler.awaitArrival("/hold/a");
      CompletableFuture<Void> stopped = server.stop();
      peer.await(frame -> frame.kind() == FrameKind.GOAWAY && frame.lastStreamId() == 1, LIMIT);
      for (int i = 0; i < 300; i++) {
        int late = peer.request("GET", "/late", Map.of(), true);
        PeerResponse refusal = response(peer, late);
        assertEquals(Fate.REFUSED, refusal.fate());
        assertEquals(7, refusal.errorCode()); // REFUSED_STREAM
      }
      server.handler.release("/hold/a");
      assertEquals("answer to /hold/a", response(peer, admitted).text());
      stopped.get(20, TimeUnit.SECONDS);
      assertFalse(server.handler.hasRun("/late"));
      assertEquals(300, server.report().refused());
    }
  }

  @Test
  void uploadsOnRefusedStreams_areCreditedAndDoNotEndTheAdmittedUpload() throws Exception {
    try (DrainedServer server = DrainedServer.start();
        RawPeer peer = RawPeer.connect(server.h2c())) {
      int admitted = peer.request("POST", "/upload", Map.of(), false);
      server.handler.awaitArrival("/upload");
      CompletableFuture<Void> stopped = server.stop();
      peer.await(frame -> frame.kind() == FrameKind.GOAWAY && frame.lastStreamId() == 1, LIMIT);
      // More frames than Jetty's rate control allows in a second, and more bytes than the window of
      // the
      // session: without credit for them the admitted upload could not go on.
      byte[] chunk = new byte[4 * 1024];
      for (int i = 0; i < 4; i++) {
        int late = peer.request("POST", "/late", Map.of(), false);
        for (int j = 0; j < 128; j++) {
          peer.data(late, chunk, false);
        }
        assertEquals(Fate.REFUSED, response(peer, late).fate());
      }
      peer.upload(admitted, 2_000_000L, 10_000);
      assertEquals("2000000", response(peer, admitted).text());
      stopped.get(20, TimeUnit.SECONDS);
      assertFalse(server.handler.hasRun("/late"));
    }
  }

  @Test
  void trailersOnARefusedStream_doNotEndTheAdmittedOnes() throws Exception {
    try (DrainedServer server = DrainedServer.start();
        RawPeer peer = RawPeer.connect(server.h2c())) {
      int admitted = peer.request("GET", "/hold/a", Map.of(), true);
      server.handler.awaitArrival("/hold/a");
      CompletableFuture<Void> stopped = server.stop();
      peer.await(frame -> frame.kind() == FrameKind.GOAWAY && frame.lastStreamId() == 1, LIMIT);
      for (int i = 0; i < 200; i++) {
        int late = peer.request("POST", "/late", Map.of(), false);
        peer.data(late, new byte[100], false);
        if (i % 2 == 0) {
          peer.trailers(late, Map.of("x-trailer", "1"));
        } else {
          peer.data(late, new byte[0], true);
        }
        assertEquals(Fate.REFUSED, response(peer, late).fate());
      }
      server.handler.release("/hold/a");
      assertEquals("answer to /hold/a", response(peer, admitted).text());
      stopped.get(20, TimeUnit.SECONDS);
      assertFalse(server.handler.hasRun("/late"));
    }
  }

  @Test
  void uploadsThatGoOnThoughRefused_doNotEndTheAdmittedStreams() throws Exception {
    try (DrainedServer server = DrainedServer.start();
        RawPeer peer = RawPeer.connect(server.h2c())) {
      int admitted = peer.request("GET", "/hold/a", Map.of(), true);
      server.handler.awaitArrival("/hold/a");
      CompletableFuture<Void> stopped = server.stop();
      peer.await(frame -> frame.kind() == FrameKind.GOAWAY && frame.lastStreamId() == 1, LIMIT);
      int[] late = new int[300]; // More than the session may have open.
      for (int i = 0; i < late.length; i++) {
        late[i] = peer.request("POST", "/late", Map.of(), false);
      }
      for (int stream : late) {
        assertEquals(Fate.REFUSED, response(peer, stream).fate());
        peer.data(stream, new byte[1000], false);
      }
      server.handler.release("/hold/a");
      assertEquals("answer to /hold/a", response(peer, admitted).text());
      stopped.get(20, TimeUnit.SECONDS);
      assertEquals(300, server.report().refused());
    }
  }

  @Test
  void creditForAStreamThatIsDone_doesNotEndTheOthers() throws Exception {
    // As a client sends it that still reads the end of an answer, frame by frame.
    try (DrainedServer server = DrainedServer.start();
        RawPeer peer = RawPeer.connect(server.h2c())) {
      int done = peer.request("GET", "/", Map.of(), true);
      int held = peer.request("GET", "/hold/a", Map.of(), true);
      server.handler.awaitArrival("/hold/a");
      assertEquals(Fate.OK, response(peer, done).fate());
      CompletableFuture<Void> stopped = server.stop();
      peer.await(frame -> frame.kind() == FrameKind.GOAWAY && frame.lastStreamId() == held, LIMIT);
      for (int i = 0; i < 1000; i++) {
        peer.windowUpdate(done, 1);
      }
      // Its answer comes behind all of that.
      peer.ping(42);
      peer.await(frame -> frame.kind() == FrameKind.PING_ACK && frame.payload() == 42, LIMIT);
      server.handler.release("/hold/a");
      assertEquals("answer to /hold/a", response(peer, held).text());
      stopped.get(20, TimeUnit.SECONDS);
    }
  }

  @Test
  void badRequestHeader_isAnsweredAndDoesNotHoldTheDrain() throws Exception {
    try (DrainedServer server = DrainedServer.start();
        RawPeer peer = RawPeer.connect(server.h2c())) {
      int stream = peer.request("GET", "/", Map.of("connection", "close"), true);
      assertEquals(Fate.CLIENT_ERROR, response(peer, stream).fate());
      server.stop().get(20, TimeUnit.SECONDS);
      assertEquals(0, server.report().cut());
    }
  }

  @Test
  void silentStreamPastTheIdleTimeOut_isNotEndedByIt() throws Exception {
    try (DrainedServer server = new DrainedServer(DrainPolicy.DEFAULT)) {
      server.clear.setIdleTimeout(1000);
      server.server.start();
      try (RawPeer peer = RawPeer.connect(server.h2c())) {
        int stream = peer.request("GET", "/hold/a", Map.of(), true);
        server.handler.awaitArrival("/hold/a");
        CompletableFuture<Void> stopped = server.stop();
        // Several idle timeouts of the stream and of the session pass.
        assertThrows(
            TimeoutException.class, () -> peer.response(stream).get(3500, TimeUnit.MILLISECONDS));
        server.handler.release("/hold/a");
        assertEquals("answer to /hold/a", response(peer, stream).text());
        stopped.get(20, TimeUnit.SECONDS);
      }
    }
  }

  @Test
  void clientReset_countsAsTheEndOfTheStream() throws Exception {
    try (DrainedServer server = DrainedServer.start();
        RawPeer peer = RawPeer.connect(server.h2c())) {
      int stream = peer.request("GET", "/hold/a", Map.of(), true);
      server.handler.awaitArrival("/hold/a");
      CompletableFuture<Void> stopped = server.stop();
      peer.await(frame -> frame.kind() == FrameKind.GOAWAY && frame.lastStreamId() == 1, LIMIT);
      peer.reset(stream, 8);
      stopped.get(20, TimeUnit.SECONDS);
      assertEquals(1, server.report().completed());
      server.handler.release("/hold/a");
    }
  }

  @Test
  void pingNeverAcknowledged_cutsAfterTheTimeOut() throws Exception {
    try (DrainedServer server = DrainedServer.start(DrainPolicy.DEFAULT.withPingTimeout(1000));
        RawPeer peer = RawPeer.connect(server.h2c().withAckPing(false))) {
      peer.await(FrameKind.SETTINGS, LIMIT);
      server.stop().get(20, TimeUnit.SECONDS);
      peer.await(FrameKind.FIN, LIMIT);
      assertEquals(
          List.of("GOAWAY 2147483647 0", "PING", "GOAWAY 0 0", "FIN"), DrainFrames.of(peer));
    }
  }

  @Test
  void peerThatKeepsItsHalfOpen_isClosedAfterTheLinger() throws Exception {
    try (DrainedServer server = DrainedServer.start(DrainPolicy.DEFAULT.withLinger(100));
        RawPeer peer = RawPeer.connect(server.h2c().withCloseOnFin(false))) {
      peer.await(FrameKind.SETTINGS, LIMIT);
      server.stop().get(20, TimeUnit.SECONDS);
      assertEquals(1, server.report().sessions());
    }
  }

  @Test
  void peerThatSaysGoAwayAfterOurFin_isStillWaitedForAndThenClosed() throws Exception {
    // Jetty ends the session at once when it reads that GOAWAY; the connection is ours to close.
    try (DrainedServer server = DrainedServer.start(DrainPolicy.DEFAULT.withLinger(15_000));
        RawPeer peer = RawPeer.connect(server.h2c().withCloseOnFin(false))) {
      peer.await(FrameKind.SETTINGS, LIMIT);
      CompletableFuture<Void> stopped = server.stop();
      peer.await(FrameKind.FIN, LIMIT);
      peer.goAway(0, 0);
      peer.flushed().get(20, TimeUnit.SECONDS);
      assertThrows(TimeoutException.class, () -> stopped.get(300, TimeUnit.MILLISECONDS));
      peer.shutdownOutput();
      stopped.get(10, TimeUnit.SECONDS);
    }
  }

  @Test
  void peerThatWritesAfterOurFin_loseNothingThatItHasNotReadYet() throws Exception {
    // A peer that reads late: megabytes are in flight when the server is done with it, and the peer
    // goes on
    // sending meanwhile. A close would now turn into a reset.
    try (DrainedServer server = new DrainedServer(DrainPolicy.DEFAULT.withLinger(50))) {
      DownloadHandler downloads = new DownloadHandler();
      server.wrapHandler(downloads);
      server.server.start();
      try (RawPeer peer =
          RawPeer.connect(server.h2c().withInitialWindow(8_000_000).withCreditData(false))) {
        peer.windowUpdate(0, 8_000_000);
        int stream = peer.request("GET", "/download?bytes=4000000", Map.of(), true);
        peer.pauseReading();
        downloads.awaitArrival();
        CompletableFuture<Void> stopped = server.stop();
        for (int i = 0; i < 20; i++) {
          peer.windowUpdate(0, 1000);
        }
        assertThrows(TimeoutException.class, () -> stopped.get(500, TimeUnit.MILLISECONDS));
        peer.resumeReading();
        PeerResponse response = response(peer, stream);
        assertEquals(Fate.OK, response.fate());
        assertEquals(4_000_000, response.bytes());
        stopped.get(20, TimeUnit.SECONDS);
      }
    }
  }

  @Test
  void requestThatOutlivesTheTimeOut_isCancelledAndNamed() throws Exception {
    try (DrainedServer server = DrainedServer.start(DrainPolicy.DEFAULT.withTimeout(500));
        RawPeer peer = RawPeer.connect(server.h2())) {
      int stream = peer.request("GET", "/hold/long?token=secret", Map.of(), true);
      server.handler.awaitArrival("/hold/long");
      CompletableFuture<Void> stopped = server.stop();
      PeerResponse response = response(peer, stream);
      assertEquals(Fate.RESET, response.fate());
      assertEquals(8, response.errorCode()); // CANCEL
      stopped.get(20, TimeUnit.SECONDS);
      DrainReport report = server.report();
      assertEquals(1, report.cut());
      assertEquals(0, report.completed() + report.abandoned());
      String named = report.cutStreams().get(0);
      assertTrue(named.matches("GET /hold/long after \\d+ ms"), named);
      assertTrue(report.toString().contains(named), report::toString);
      ReceivedFrame last =
          peer.await(
              f -> f.kind() == FrameKind.GOAWAY && f.debugData().equals("drain timeout"), LIMIT);
      assertEquals(1, last.lastStreamId());
    }
  }

  @Test
  void sessionThatOpensDuringTheDrain_isAnnouncedAndServed() throws Exception {
    try (DrainedServer server = DrainedServer.start();
        RawPeer busy = RawPeer.connect(server.h2c());
        Socket early = new Socket(InetAddress.getLoopbackAddress(), server.clear.getLocalPort())) {
      int held = busy.request("GET", "/hold/a", Map.of(), true);
      server.handler.awaitArrival("/hold/a");
      // Accepted before the stop, speaks only after it has begun.
      early.getOutputStream().write("PRI * HT".getBytes(StandardCharsets.US_ASCII));
      Eventually.await("accepted", () -> server.clear.getConnectedEndPoints().size() == 2);
      CompletableFuture<Void> stopped = server.stop();
      busy.await(FrameKind.GOAWAY, LIMIT);
      early.getOutputStream().write(LateClient.restOfPrefaceAndRequest());
      byte[] answer = early.getInputStream().readAllBytes();
      List<String> frames = LateClient.frames(answer);
      assertEquals("SETTINGS", frames.get(0));
      assertTrue(frames.contains("GOAWAY 2147483647"), frames::toString);
      assertTrue(frames.contains("DATA 1"), frames::toString);
      assertTrue(frames.contains("GOAWAY 1"), frames::toString);
      server.handler.release("/hold/a");
      assertEquals(Fate.OK, response(busy, held).fate());
      stopped.get(20, TimeUnit.SECONDS);
      assertEquals(2, server.report().sessions());
    }
  }
}
