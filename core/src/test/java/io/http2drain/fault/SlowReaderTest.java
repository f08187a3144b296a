package io.http2drain.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.http2drain.DrainPolicy;
import io.http2drain.DrainReport;
import io.http2drain.peer.Fate;
import io.http2drain.peer.FrameKind;
import io.http2drain.peer.PeerOptions;
import io.http2drain.peer.PeerResponse;
import io.http2drain.peer.RawPeer;
import io.http2drain.peer.ReceivedFrame;
import io.http2drain.rig.DownloadHandler;
import io.http2drain.rig.DrainFrames;
import io.http2drain.rig.DrainedServer;
import io.http2drain.rig.Scene;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Peers that read their answers slowly, or not at all. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class SlowReaderTest {

  private static final Map<Integer, Long> ZERO_WINDOW = Map.of(4, 0L); // INITIAL_WINDOW_SIZE

  @Test
  void windowThatStaysZero_isCancelledAtTheDeadline() throws Exception {
    try (Scene scene = Scene.open(DrainPolicy.DEFAULT.withTimeout(3_000))) {
      RawPeer peer = scene.connect(scene.server().h2c().withSettings(ZERO_WINDOW));
      int good = scene.hold(peer, "/hold/good");
      int stuck = peer.request("GET", "/stuck", Map.of(), true);
      peer.await(FrameKind.HEADERS, Scene.LIMIT);
      scene.stop();
      scene.awaitCut(peer);
      peer.windowUpdate(good, 1_000);
      scene.answered(peer, good, "/hold/good");
      scene.releaseWitness();
      PeerResponse response = peer.response(stuck).get(20, TimeUnit.SECONDS);
      assertEquals(Fate.RESET, response.fate());
      peer.await(FrameKind.FIN, Scene.LIMIT);
      scene.awaitStopped();
      assertEquals(
          List.of(
              "HEADERS 3",
              "GOAWAY 2147483647 0",
              "PING",
              "PING",
              "GOAWAY 3 0",
              "HEADERS 1",
              "RST_STREAM 3 8",
              "GOAWAY 3 0",
              "FIN"),
          DrainFrames.of(peer));
      DrainReport report = scene.server().report();
      assertEquals(2, report.completed());
      assertEquals(1, report.cut());
      scene.record(
          "02a",
          "flow-control window of 0 for ever",
          "CANCEL and GOAWAY at the deadline",
          "`drain.timeout` (3000)");
    }
  }

  @Test
  void windowOfOneByteAtATime_isWaitedFor() throws Exception {
    // 200 frames each way: more than Jetty allows a second of those that it counts as an attack.
    DrainedServer server = new DrainedServer(DrainPolicy.DEFAULT.withLinger(50));
    server.wrapHandler(new DownloadHandler());
    try (Scene scene = Scene.open(server)) {
      RawPeer peer = scene.connect(server.h2c().withSettings(ZERO_WINDOW).withCreditData(false));
      int good = scene.hold(peer, "/hold/good");
      int slow = peer.request("GET", "/download?bytes=200", Map.of(), true);
      peer.await(FrameKind.HEADERS, Scene.LIMIT);
      scene.stop();
      scene.awaitCut(peer);
      peer.windowUpdate(good, 1_000);
      scene.answered(peer, good, "/hold/good");
      scene.releaseWitness();
      for (int i = 1; i <= 200; i++) {
        assertFalse(scene.isStopped());
        peer.windowUpdate(slow, 1);
        awaitData(peer, slow, i);
      }
      PeerResponse response = peer.response(slow).get(20, TimeUnit.SECONDS);
      assertEquals(Fate.OK, response.fate());
      assertEquals(200, response.bytes());
      scene.answered();
      scene.awaitStopped();
      assertEquals(3, server.report().completed());
      scene.record(
          "02b",
          "flow-control window of one byte at a time",
          "its whole answer, one byte a frame",
          "its own pace, at most `drain.timeout`");
    }
  }

  private static void awaitData(RawPeer peer, int stream, int count) {
    AtomicInteger seen = new AtomicInteger();
    ReceivedFrame data =
        peer.await(
            frame ->
                frame.kind() == FrameKind.DATA
                    && frame.streamId() == stream
                    && seen.incrementAndGet() == count,
            Scene.LIMIT);
    assertEquals(1, data.length());
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void tcpWindowThatIsClosedInALargeAnswer_isCutAtTheDeadline(boolean tls) throws Exception {
    DrainedServer server = new DrainedServer(DrainPolicy.DEFAULT.withTimeout(3_000));
    DownloadHandler downloads = new DownloadHandler();
    server.wrapHandler(downloads);
    try (Scene scene = Scene.open(server)) {
      PeerOptions options = tls ? server.h2() : server.h2c();
      RawPeer peer = scene.connect(options.withInitialWindow(2147483647).withReceiveBuffer(65_536));
      peer.windowUpdate(0, 2_000_000_000);
      peer.pauseReading();
      int download = peer.request("GET", "/download?bytes=50000000", Map.of(), true);
      downloads.awaitArrival();
      scene.stop();
      scene.releaseWitness();
      scene.awaitStopped();
      DrainReport report = server.report();
      assertEquals(1, report.completed());
      assertEquals(1, report.cut());
      assertTrue(report.cutStreams().get(0).startsWith("GET /download after "), report::toString);
      assertTrue(report.elapsed().toMillis() >= 3_000, report::toString);
      peer.resumeReading();
      PeerResponse response = peer.response(download).get(20, TimeUnit.SECONDS);
      assertEquals(Fate.LOST, response.fate());
      if (!tls) {
        scene.record(
            "02c",
            "reads nothing (TCP window closed) in an answer of 50 MB",
            "what the network holds, then the close",
            "`drain.timeout` (3000)");
      }
    }
  }
}
