package io.http2drain.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.http2drain.DrainPolicy;
import io.http2drain.DrainReport;
import io.http2drain.peer.FrameKind;
import io.http2drain.peer.PeerOptions;
import io.http2drain.peer.RawPeer;
import io.http2drain.rig.Eventually;
import io.http2drain.rig.Scene;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Peers that go away without a word, in each way that a network has for it. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class VanishingPeerTest {

  /** The PING before the FIN: "h2drain" and its number. */
  private static final long LAST_PING = 0x6832_6472_6169_6e03L;

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void resetWithARequestInFlight_isNoticed(boolean tls) throws Exception {
    try (Scene scene = Scene.open(DrainPolicy.DEFAULT)) {
      PeerOptions options = tls ? scene.server().h2() : scene.server().h2c();
      RawPeer peer = scene.connect(options);
      scene.hold(peer, "/hold/gone");
      scene.stop();
      scene.awaitCut(peer);
      peer.abort();
      Eventually.await("told", () -> scene.server().handler.hasFailed("/hold/gone"));
      scene.releaseWitness();
      scene.awaitStopped();
      assertAbandoned(scene, 1);
      if (!tls) {
        scene.record("03a", "TCP reset with a request in flight", "nothing", "none");
      }
    }
  }

  @Test
  void resetWhileTheAnswerToTheLastPingIsDue_isNoticed() throws Exception {
    try (Scene scene = Scene.open(DrainPolicy.DEFAULT)) {
      PeerOptions options = scene.server().h2c().withAckPing(false).withCloseOnFin(false);
      RawPeer peer = scene.connect(options);
      int good = scene.hold(peer, "/hold/good");
      scene.stop();
      for (int round = 1; round <= 2; round++) {
        peer.ackPing(awaitPing(peer, LAST_PING - 3 + round));
      }
      scene.awaitCut(peer);
      scene.answered(peer, good, "/hold/good");
      awaitPing(peer, LAST_PING);
      peer.await(FrameKind.FIN, Scene.LIMIT);
      peer.abort();
      scene.releaseWitness();
      scene.awaitStopped();
      scene.record("03b", "TCP reset after the last answer and our FIN", "its answer", "none");
    }
  }

  private static long awaitPing(RawPeer peer, long payload) {
    return peer.await(
            frame -> frame.kind() == FrameKind.PING && frame.payload() == payload, Scene.LIMIT)
        .payload();
  }

  @Test
  void finHalfWayThroughARequest_endsThatSession() throws Exception {
    // With a PING unanswered, and for a minute: only the FIN can end it.
    try (Scene scene = Scene.open(DrainPolicy.DEFAULT.withPingTimeout(60_000))) {
      RawPeer peer = scene.connect(scene.server().h2c().withAckPing(false));
      RawPeer other = scene.connect(scene.server().h2c());
      int upload = peer.request("POST", "/upload", Map.of("content-length", "1000"), false);
      peer.data(upload, new byte[500], false);
      scene.server().handler.awaitArrival("/upload");
      int good = scene.hold(other, "/hold/good");
      scene.stop();
      peer.await(FrameKind.PING, Scene.LIMIT);
      peer.shutdownOutput();
      peer.await(FrameKind.FIN, Scene.LIMIT);
      scene.awaitCut(other);
      scene.answered(other, good, "/hold/good");
      scene.releaseWitness();
      scene.awaitStopped();
      assertAbandoned(scene, 2);
      scene.record("03c", "FIN half way through a request", "FIN", "none");
    }
  }

  @Test
  void silenceFromTheAnnouncementOn_costsThePingTimeoutAndTheLinger() throws Exception {
    try (Scene scene = Scene.open(DrainPolicy.DEFAULT.withPingTimeout(200).withLinger(300))) {
      RawPeer peer = scene.connect(scene.server().h2c().withAckPing(false));
      scene.hold(peer, "/hold/unread");
      scene.stop();
      peer.await(FrameKind.PING, Scene.LIMIT);
      stopReading(peer);
      scene.releaseWitness();
      scene.server().handler.release("/hold/unread");
      scene.awaitStopped();
      assertEquals(2, scene.server().report().completed()); // As far as can be known here.
      scene.record(
          "03d",
          "no packet from the announcement on",
          "nothing",
          "`pingTimeout` (200) and `linger` (300)");
    }
  }

  @Test
  void silenceFromTheCutOn_endsAtTheDeadline() throws Exception {
    // Two PINGs answered: it looks like a slow reader of the last answer, and may be one.
    DrainPolicy policy = DrainPolicy.DEFAULT.withTimeout(3_000).withLinger(100);
    try (Scene scene = Scene.open(policy)) {
      RawPeer peer = scene.connect(scene.server().h2c());
      scene.hold(peer, "/hold/unread");
      scene.stop();
      scene.awaitCut(peer);
      stopReading(peer);
      scene.releaseWitness();
      scene.server().handler.release("/hold/unread");
      scene.awaitStopped();
      DrainReport report = scene.server().report();
      assertEquals(2, report.completed());
      assertEquals(0, report.cut());
      assertTrue(report.elapsed().toMillis() >= 3_000, report::toString);
      scene.record(
          "03e",
          "no packet from the cut on, with a request in flight",
          "nothing",
          "`drain.timeout` (3000)");
    }
  }

  /** The account of a stop in which one request was abandoned, and all others were completed. */
  private static void assertAbandoned(Scene scene, int completed) throws Exception {
    DrainReport report = scene.server().report();
    assertEquals(1, report.abandoned());
    assertEquals(completed, report.completed());
    assertEquals(0, report.refused() + report.cut());
  }

  /** What the server sends from here on is not read. */
  private static void stopReading(RawPeer peer) throws Exception {
    peer.pauseReading();
    peer.flushed().get(20, TimeUnit.SECONDS); // Behind the pause.
  }
}
