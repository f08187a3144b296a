package io.http2drain.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.http2drain.DrainPolicy;
import io.http2drain.DrainReport;
import io.http2drain.peer.Fate;
import io.http2drain.peer.FrameKind;
import io.http2drain.peer.PeerOptions;
import io.http2drain.peer.PeerResponse;
import io.http2drain.peer.RawPeer;
import io.http2drain.rig.DownloadHandler;
import io.http2drain.rig.DrainFrames;
import io.http2drain.rig.DrainedServer;
import io.http2drain.rig.Eventually;
import io.http2drain.rig.Scene;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.io.EndPoint;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Clients that say GOAWAY themselves: Jetty then takes no more streams, and closes the connection
 * behind the last answer, whether a drain goes on or not.
 */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ClientGoAwayTest {

  /** "h2drain" and the number of the PING: 1 and 2 behind the announcement, 3 before the FIN. */
  private static final long PING = 0x6832_6472_6169_6e00L;

  /** When the client's GOAWAY comes: before the stop, between our GOAWAYs, or behind both. */
  enum Moment {
    BEFORE,
    DURING,
    AFTER
  }

  private static void awaitPing(RawPeer peer, int number) {
    peer.await(f -> f.kind() == FrameKind.PING && f.payload() == PING + number, Scene.LIMIT);
  }

  private static void ackPing(RawPeer peer, int number) {
    awaitPing(peer, number);
    peer.ackPing(PING + number);
  }

  private static void sayGoAway(Scene scene, RawPeer peer, int lastStreamId, long errorCode) {
    peer.goAway(lastStreamId, errorCode);
    scene.awaitRead(peer, lastStreamId); // Any payload that is not used twice.
  }

  @ParameterizedTest
  @CsvSource({
    "BEFORE, 0, 0, 10a, GOAWAY of the client before the stop",
    "DURING, 0, 0, 10b, GOAWAY of the client between the server's",
    "AFTER, 0, 0, 10c, GOAWAY of the client after the cut",
    "BEFORE, 2147483647, 0,,",
    "DURING, 2147483647, 0, 10d, both sides drain: GOAWAY with 2^31-1 and later with 0",
    "AFTER, 2147483647, 0,,",
    "BEFORE, 0, 2,,",
    "DURING, 0, 2, 10e, GOAWAY of the client with an error code",
    "AFTER, 0, 2,,"
  })
  void streamInFlight_finishesAndLaterOnesAreNotRun(
      Moment moment, int lastStreamId, long errorCode, String row, String fault) throws Exception {
    try (Scene scene = Scene.open(DrainPolicy.DEFAULT.withPingTimeout(60_000))) {
      RawPeer peer = scene.connect(scene.server().h2c().withAckPing(moment != Moment.DURING));
      int good = scene.hold(peer, "/hold/good");
      if (moment == Moment.BEFORE) {
        sayGoAway(scene, peer, lastStreamId, errorCode);
      }
      scene.stop();
      awaitPing(peer, 1);
      if (moment == Moment.DURING) {
        sayGoAway(scene, peer, lastStreamId, errorCode);
      } else {
        scene.awaitCut(peer);
      }
      if (moment == Moment.AFTER) {
        sayGoAway(scene, peer, lastStreamId, errorCode);
      }
      int late = peer.request("GET", "/late", Map.of(), true);
      scene.awaitCut(peer);
      scene.awaitRead(peer, 42);
      if (lastStreamId != 0) {
        sayGoAway(scene, peer, 0, 0);
      }
      scene.answered(peer, good, "/hold/good");
      scene.releaseWitness();
      scene.awaitStopped();
      PeerResponse refusal = peer.response(late).get(20, TimeUnit.SECONDS);
      assertEquals(Fate.REFUSED, refusal.fate(), () -> peer.frames().toString());
      assertFalse(scene.server().handler.hasRun("/late"));
      List<String> goAways =
          DrainFrames.of(peer).stream().filter(f -> f.startsWith("GOAWAY")).distinct().toList();
      assertEquals(List.of("GOAWAY 2147483647 0", "GOAWAY 1 0"), goAways);
      DrainReport report = scene.server().report();
      assertEquals(2, report.completed());
      assertEquals(0, report.abandoned() + report.cut());
      if (row != null) {
        scene.record(
            row,
            fault,
            "requests in flight are answered; later ones are not run, and are above our"
                + " last-stream-id",
            "none");
      }
    }
  }

  @Test
  void idleSession_endsWithoutARoundTrip() throws Exception {
    DrainPolicy policy = DrainPolicy.DEFAULT.withPingTimeout(60_000).withLinger(100);
    try (Scene scene = Scene.open(policy)) {
      RawPeer peer = scene.connect(scene.server().h2c().withAckPing(false).withCloseOnFin(false));
      scene.stop();
      awaitPing(peer, 1);
      peer.goAway(0, 0);
      peer.await(FrameKind.FIN, Scene.LIMIT);
      scene.releaseWitness();
      scene.awaitStopped();
      assertEquals(2, scene.server().report().sessions());
    }
  }

  @Test
  void finOfTheClientBehindItsGoAway_stillGetsTheAnswer() throws Exception {
    try (Scene scene = Scene.open(DrainPolicy.DEFAULT.withLinger(50))) {
      RawPeer peer = scene.connect(scene.server().h2c());
      int good = scene.hold(peer, "/hold/good");
      scene.stop();
      scene.awaitCut(peer);
      peer.goAway(0, 0);
      peer.shutdownOutput();
      awaitEndOfInput(scene);
      scene.releaseWitness();
      // Several times the linger passes.
      assertThrows(
          TimeoutException.class, () -> peer.response(good).get(300, TimeUnit.MILLISECONDS));
      scene.answered(peer, good, "/hold/good");
      scene.awaitStopped();
      DrainReport report = scene.server().report();
      assertEquals(1, report.abandoned()); // By its client, which closed before the end of it.
      assertEquals(1, report.completed());
    }
  }

  @Test
  void resetOfTheConnectionBehindAGoAway_isNoticedByTheFirstWrite() throws Exception {
    // Jetty goes on with the requests: it takes the reset for a FIN.
    try (Scene scene = Scene.open(DrainPolicy.DEFAULT)) {
      RawPeer peer = scene.connect(scene.server().h2c());
      scene.hold(peer, "/hold/gone");
      sayGoAway(scene, peer, 0, 0);
      peer.abort();
      awaitEndOfInput(scene);
      scene.stop();
      scene.releaseWitness();
      scene.awaitStopped();
      assertTrue(scene.server().handler.hasFailed("/hold/gone"));
      DrainReport report = scene.server().report();
      assertEquals(1, report.abandoned());
      assertEquals(1, report.completed());
      scene.record(
          "10f", "GOAWAY of the client, then a reset of its connection", "nothing", "none");
    }
  }

  /** Waits until the server has read the end of what the only client in clear text sends. */
  private static void awaitEndOfInput(Scene scene) {
    Eventually.await(
        "end of input",
        () ->
            scene.server().clear.getConnectedEndPoints().stream()
                .allMatch(EndPoint::isInputShutdown));
  }

  @ParameterizedTest
  @CsvSource({"BEFORE, false", "BEFORE, true", "DURING, false", "DURING, true"})
  void answerThatEndsBeforeTheCut_isNotCutShortByJettysClose(Moment moment, boolean tls)
      throws Exception {
    DrainedServer server = new DrainedServer(DrainPolicy.DEFAULT.withPingTimeout(60_000));
    server.wrapHandler(new DownloadHandler());
    try (Scene scene = Scene.open(server)) {
      RawPeer peer = scene.connect(slowReader(server, tls));
      int stream = startDownload(peer);
      if (moment == Moment.BEFORE) {
        sayGoAway(scene, peer, 0, 0);
      }
      scene.stop();
      awaitPing(peer, 1);
      if (moment == Moment.DURING) {
        sayGoAway(scene, peer, 0, 0);
      }
      scene.releaseWitness();
      finishDownloadUnread(server, peer, stream);
      // Whatever comes on a connection that is closed makes a TCP reset of it.
      peer.windowUpdate(0, 1);
      peer.flushed().get(20, TimeUnit.SECONDS);
      peer.resumeReading();
      PeerResponse response = peer.response(stream).get(20, TimeUnit.SECONDS);
      assertEquals(Fate.OK, response.fate(), response::toString);
      assertEquals(1_000_000, response.bytes());
      scene.answered();
      scene.awaitStopped();
      assertEquals(2, server.report().completed());
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Moment.class,
      names = {"BEFORE", "AFTER"})
  void slowReader_mayTakeLongerThanTheLingerForTheLastAnswer(Moment moment) throws Exception {
    DrainedServer server = new DrainedServer(DrainPolicy.DEFAULT.withLinger(50));
    server.wrapHandler(new DownloadHandler());
    try (Scene scene = Scene.open(server)) {
      RawPeer peer = scene.connect(slowReader(server, false));
      int stream = startDownload(peer);
      if (moment == Moment.BEFORE) {
        sayGoAway(scene, peer, 0, 0);
      }
      scene.stop();
      ackPing(peer, 1);
      ackPing(peer, 2);
      scene.awaitCut(peer);
      if (moment == Moment.AFTER) {
        sayGoAway(scene, peer, 0, 0);
      }
      scene.releaseWitness();
      finishDownloadUnread(server, peer, stream);
      // Several times the linger passes.
      assertThrows(
          TimeoutException.class, () -> peer.response(stream).get(500, TimeUnit.MILLISECONDS));
      peer.windowUpdate(0, 1);
      peer.flushed().get(20, TimeUnit.SECONDS);
      peer.resumeReading();
      PeerResponse response = peer.response(stream).get(20, TimeUnit.SECONDS);
      assertEquals(Fate.OK, response.fate(), response::toString);
      scene.answered();
      scene.awaitStopped();
    }
  }

  /** Its small buffer leaves most of an answer in that of the server. */
  private static PeerOptions slowReader(DrainedServer server, boolean tls) {
    PeerOptions options = tls ? server.h2() : server.h2c();
    return options
        .withAckPing(false)
        .withCreditData(false)
        .withReceiveBuffer(65_536)
        .withSettings(Map.of(4, 0L)); // SETTINGS_INITIAL_WINDOW_SIZE
  }

  /** Asks for 1 MB, and allows none of it yet. */
  private static int startDownload(RawPeer peer) {
    int stream = peer.request("GET", "/download?bytes=1000000", Map.of(), true);
    peer.await(FrameKind.HEADERS, Scene.LIMIT);
    return stream;
  }

  /** Allows all of it, reads nothing, and waits until Jetty has written it and is done. */
  private static void finishDownloadUnread(DrainedServer server, RawPeer peer, int stream) {
    peer.pauseReading();
    peer.windowUpdate(0, 1_000_000);
    peer.windowUpdate(stream, 1_000_000);
    Eventually.await("session is over", () -> server.drain.getSessionCount() == 0);
  }
}
