package io.http2drain.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.http2drain.DrainPolicy;
import io.http2drain.peer.Fate;
import io.http2drain.peer.FrameKind;
import io.http2drain.peer.PeerOptions;
import io.http2drain.peer.PeerResponse;
import io.http2drain.peer.RawPeer;
import io.http2drain.rig.DownloadHandler;
import io.http2drain.rig.DrainedServer;
import io.http2drain.rig.Eventually;
import io.http2drain.rig.Scene;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

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
  @ValueSource(booleans = {false, true})
  void answerThatEndsBeforeTheCut_isNotCutShortByJettysClose(boolean tls) throws Exception {
    DrainedServer server = new DrainedServer(DrainPolicy.DEFAULT);
    server.wrapHandler(new DownloadHandler());
    try (Scene scene = Scene.open(server)) {
      RawPeer peer = scene.connect(slowReader(server, tls));
      int stream = startDownload(peer);
      scene.stop();
      awaitPing(peer, 1);
      sayGoAway(scene, peer, 0, 0);
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
