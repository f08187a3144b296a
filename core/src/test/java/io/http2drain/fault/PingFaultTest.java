package io.http2drain.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.http2drain.DrainPolicy;
import io.http2drain.peer.FrameKind;
import io.http2drain.peer.RawPeer;
import io.http2drain.rig.DrainFrames;
import io.http2drain.rig.Eventually;
import io.http2drain.rig.Scene;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Peers that answer the drain's PINGs badly. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class PingFaultTest {

  /** "h2drain" and the number of the PING: 1 and 2 behind the announcement, 3 before the FIN. */
  private static final long PING = 0x6832_6472_6169_6e00L;

  private static void awaitPing(RawPeer peer, int number) {
    peer.await(f -> f.kind() == FrameKind.PING && f.payload() == PING + number, Scene.LIMIT);
  }

  @Test
  void pingNeverAcknowledged_isCutAfterThePingTimeout() throws Exception {
    try (Scene scene = Scene.open(DrainPolicy.DEFAULT.withPingTimeout(200))) {
      RawPeer peer = scene.connect(scene.server().h2c().withAckPing(false));
      int good = scene.hold(peer, "/hold/good");
      scene.stop();
      scene.awaitCut(peer);
      scene.answered(peer, good, "/hold/good");
      scene.releaseWitness();
      peer.await(FrameKind.FIN, Scene.LIMIT);
      scene.awaitStopped();
      assertEquals(
          List.of("GOAWAY 2147483647 0", "PING", "GOAWAY 1 0", "HEADERS 1", "FIN"),
          DrainFrames.of(peer));
      scene.record(
          "01a", "PING never acknowledged", "cut after `pingTimeout`, FIN", "`pingTimeout` (200)");
    }
  }

  @Test
  void pingNeverAcknowledgedAndBytesAfterOurFin_holdNothingThatWasNeverAskedFor() throws Exception {
    DrainPolicy policy = DrainPolicy.DEFAULT.withPingTimeout(100).withLinger(200);
    try (Scene scene = Scene.open(policy)) {
      RawPeer peer = scene.connect(scene.server().h2c().withAckPing(false).withCloseOnFin(false));
      scene.stop();
      peer.await(FrameKind.FIN, Scene.LIMIT);
      scene.releaseWitness();
      Eventually.await(
          "stopped",
          () -> {
            peer.windowUpdate(0, 1);
            return scene.isStopped();
          });
      scene.awaitStopped();
      assertEquals(
          List.of("GOAWAY 2147483647 0", "PING", "GOAWAY 0 0", "FIN"), DrainFrames.of(peer));
      scene.record(
          "01b",
          "PING never acknowledged, no request, bytes without end after our FIN",
          "cut after `pingTimeout`, FIN, closed after `linger`",
          "`pingTimeout` (100) and `linger` (200)");
    }
  }

  @Test
  void pingAcknowledgedAfterThePingTimeout_stillGetsTheLastPingBehindItsAnswer() throws Exception {
    try (Scene scene = Scene.open(DrainPolicy.DEFAULT.withPingTimeout(200))) {
      RawPeer peer = scene.connect(scene.server().h2c().withAckPing(false));
      int good = scene.hold(peer, "/hold/good");
      scene.stop();
      scene.awaitCut(peer);
      peer.ackPing(PING + 1);
      scene.awaitRead(peer, 42);
      scene.answered(peer, good, "/hold/good");
      scene.releaseWitness();
      awaitPing(peer, 3);
      peer.ackPing(PING + 3);
      scene.awaitStopped();
      assertEquals(
          List.of("GOAWAY 2147483647 0", "PING", "GOAWAY 1 0", "HEADERS 1", "PING", "FIN"),
          DrainFrames.of(peer));
      scene.record(
          "01c",
          "PING acknowledged after `pingTimeout`",
          "cut after `pingTimeout`; PING and FIN behind the last answer",
          "`pingTimeout` (200)");
    }
  }

  @Test
  void pingAcknowledgedWithAForeignPayload_countsAsNotAcknowledged() throws Exception {
    try (Scene scene = Scene.open(DrainPolicy.DEFAULT.withPingTimeout(60_000))) {
      RawPeer peer = scene.connect(scene.server().h2c().withAckPing(false));
      int good = scene.hold(peer, "/hold/good");
      scene.stop();
      awaitPing(peer, 1);
      for (long foreign : new long[] {0, 42, PING, PING + 2, PING + 3, -1}) {
        peer.ackPing(foreign);
      }
      scene.awaitRead(peer, 42);
      int between = scene.hold(peer, "/hold/between");
      assertEquals(List.of("GOAWAY 2147483647 0", "PING"), DrainFrames.of(peer));
      peer.ackPing(PING + 1);
      awaitPing(peer, 2);
      peer.ackPing(PING + 2);
      scene.awaitCut(peer);
      scene.answered(peer, good, "/hold/good");
      scene.answered(peer, between, "/hold/between");
      scene.releaseWitness();
      awaitPing(peer, 3);
      peer.ackPing(PING + 3);
      scene.awaitStopped();
      assertEquals(
          List.of(
              "GOAWAY 2147483647 0",
              "PING",
              "PING",
              "GOAWAY 3 0",
              "HEADERS 1",
              "HEADERS 3",
              "PING",
              "FIN"),
          DrainFrames.of(peer));
      scene.record(
          "01d",
          "PING acknowledged with a foreign payload",
          "nothing: not cut, still served, until it is acknowledged",
          "`pingTimeout` (not reached)");
    }
  }

  @Test
  void pingAcknowledgedTwice_countsOnce() throws Exception {
    try (Scene scene = Scene.open(DrainPolicy.DEFAULT.withPingTimeout(60_000))) {
      RawPeer peer = scene.connect(scene.server().h2c().withAckPing(false));
      int good = scene.hold(peer, "/hold/good");
      scene.stop();
      awaitPing(peer, 1);
      peer.ackPing(PING + 1);
      peer.ackPing(PING + 1);
      awaitPing(peer, 2);
      scene.awaitRead(peer, 42);
      int between = scene.hold(peer, "/hold/between");
      assertEquals(List.of("GOAWAY 2147483647 0", "PING", "PING"), DrainFrames.of(peer));
      peer.ackPing(PING + 2);
      peer.ackPing(PING + 2);
      scene.awaitCut(peer);
      scene.answered(peer, good, "/hold/good");
      scene.answered(peer, between, "/hold/between");
      scene.releaseWitness();
      awaitPing(peer, 3);
      peer.ackPing(PING + 3);
      scene.awaitStopped();
      scene.record(
          "01e",
          "PING acknowledged twice",
          "nothing: the second one is ignored",
          "`pingTimeout` (not reached)");
    }
  }

  @Test
  void floodOfPings_endsThatSessionAsInAServerThatDoesNotStop() throws Exception {
    try (Scene scene = Scene.open(DrainPolicy.DEFAULT)) {
      RawPeer peer = scene.connect(scene.server().h2c());
      RawPeer other = scene.connect(scene.server().h2c());
      scene.hold(peer, "/hold/lost");
      int good = scene.hold(other, "/hold/good");
      scene.stop();
      scene.awaitCut(peer);
      scene.awaitCut(other);
      peer.raw(pings(200)); // In one piece: Jetty stops reading at the 129th in a second.
      peer.await(frame -> frame.kind() == FrameKind.GOAWAY && frame.errorCode() == 11, Scene.LIMIT);
      Eventually.await("told", () -> scene.server().handler.hasFailed("/hold/lost"));
      scene.answered(other, good, "/hold/good");
      scene.releaseWitness();
      scene.awaitStopped();
      assertTrue(
          peer.frames().stream().filter(f -> f.kind() == FrameKind.PING_ACK).count() <= 128,
          () -> peer.frames().toString());
      assertEquals(1, scene.server().report().abandoned());
      assertEquals(2, scene.server().report().completed());
      scene.record(
          "01f",
          "a flood of PINGs",
          "its session ends with ENHANCE_YOUR_CALM, at stock Jetty's limit of 128 a second",
          "none");
    }
  }

  private static byte[] pings(int count) {
    ByteBuffer bytes = ByteBuffer.allocate(count * 17);
    for (int i = 0; i < count; i++) {
      bytes.put(new byte[] {0, 0, 8, 6, 0, 0, 0, 0, 0}).putLong(i);
    }
    return bytes.array();
  }
}
