package io.http2drain.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.http2drain.DrainPolicy;
import io.http2drain.peer.Fate;
import io.http2drain.peer.FrameKind;
import io.http2drain.peer.RawPeer;
import io.http2drain.rig.DrainFrames;
import io.http2drain.rig.DrainedServer;
import io.http2drain.rig.RawFrames;
import io.http2drain.rig.Scene;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** RST_STREAM for streams that were never opened, as nghttpx 1.52 sends them behind a GOAWAY. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class StrayResetTest {

  private static final int INTERNAL_ERROR = 2;
  private static final int CANCEL = 8;

  @Test
  void resetsOfStreamsThatWereNeverOpened_costNoRequest() throws Exception {
    try (Scene scene = Scene.open(DrainPolicy.DEFAULT.withPingTimeout(20_000))) {
      RawPeer peer = scene.connect(scene.server().h2c().withAckPing(false).withObeyGoAway(false));
      int good = scene.hold(peer, "/hold/good");
      scene.stop();
      peer.await(FrameKind.PING, Scene.LIMIT); // Behind the announcement.
      peer.reset(101, INTERNAL_ERROR);
      peer.reset(103, INTERNAL_ERROR);
      scene.awaitRead(peer, 42);
      peer.requestOn(105, "GET", "/between", Map.of(), true); // Still admitted.
      assertEquals(Fate.OK, peer.response(105).get(20, TimeUnit.SECONDS).fate());
      peer.ackPing(0x6832_6472_6169_6e01L);
      peer.ackPing(0x6832_6472_6169_6e02L);
      peer.await(f -> f.kind() == FrameKind.GOAWAY && f.lastStreamId() == 105, Scene.LIMIT);
      peer.reset(201, INTERNAL_ERROR); // And behind the cut.
      scene.awaitRead(peer, 43);
      scene.answered(peer, good, "/hold/good");
      scene.releaseWitness();
      peer.await(
          f -> f.kind() == FrameKind.PING && f.payload() == 0x6832_6472_6169_6e03L, Scene.LIMIT);
      peer.ackPing(0x6832_6472_6169_6e03L);
      scene.awaitStopped();
      assertEquals(
          List.of(
              "GOAWAY 2147483647 0",
              "PING",
              "HEADERS 105",
              "PING",
              "GOAWAY 105 0",
              "HEADERS 1",
              "PING",
              "FIN"),
          DrainFrames.of(peer));
      assertEquals(3, scene.server().report().completed()); // The witness's among them.
      scene.record(
          "10g",
          "RST_STREAM for streams that it never opened (nghttpx)",
          "nothing: its requests in flight are answered",
          "none");
    }
  }

  @Test
  void resetsAtTheLimitOfConcurrentStreams_areNotAnswered() throws Exception {
    DrainedServer server = new DrainedServer(DrainPolicy.DEFAULT.withPingTimeout(20_000));
    server.h2c.setMaxConcurrentStreams(1);
    try (Scene scene = Scene.open(server)) {
      RawPeer peer = scene.connect(scene.server().h2c().withAckPing(false).withObeyGoAway(false));
      int good = scene.hold(peer, "/hold/good");
      scene.stop();
      peer.await(FrameKind.PING, Scene.LIMIT);
      peer.reset(101, INTERNAL_ERROR);
      scene.awaitRead(peer, 42);
      peer.requestOn(103, "GET", "/beyond", Map.of(), true); // The limit is in force as before.
      assertEquals(Fate.REFUSED, peer.response(103).get(20, TimeUnit.SECONDS).fate());
      assertFalse(scene.server().handler.hasRun("/beyond"));
      assertEquals(
          List.of("GOAWAY 2147483647 0", "PING", "RST_STREAM 103 7"), DrainFrames.of(peer));
      scene.answered(peer, good, "/hold/good");
      peer.close();
      scene.releaseWitness();
      scene.awaitStopped();
    }
  }

  @Test
  void resetOfAStreamThatWasOneTooManyBeforeTheDrain_costsNoRequest() throws Exception {
    DrainedServer server = new DrainedServer(DrainPolicy.DEFAULT.withPingTimeout(20_000));
    server.h2c.setMaxConcurrentStreams(1);
    try (Scene scene = Scene.open(server)) {
      RawPeer peer = scene.connect(scene.server().h2c().withAckPing(false).withObeyGoAway(false));
      int good = scene.hold(peer, "/hold/good");
      peer.requestOn(101, "GET", "/beyond", Map.of(), true); // Refused by Jetty itself.
      assertEquals(Fate.REFUSED, peer.response(101).get(20, TimeUnit.SECONDS).fate());
      scene.stop();
      peer.await(FrameKind.PING, Scene.LIMIT);
      peer.reset(101, CANCEL); // Sent before it had read that.
      scene.awaitRead(peer, 42);
      scene.answered(peer, good, "/hold/good");
      peer.close();
      scene.releaseWitness();
      scene.awaitStopped();
    }
  }

  @Test
  void flood_endsTheSessionAtJettysLimitAndNoOther() throws Exception {
    try (Scene scene = Scene.open(DrainPolicy.DEFAULT.withPingTimeout(20_000))) {
      RawPeer peer = scene.connect(scene.server().h2c().withAckPing(false));
      scene.hold(peer, "/hold/own");
      scene.stop();
      peer.await(FrameKind.PING, Scene.LIMIT);
      RawFrames flood = new RawFrames();
      for (int id = 101; id < 101 + 2 * 500; id += 2) {
        flood.reset(id, INTERNAL_ERROR);
      }
      peer.raw(flood.bytes());
      peer.await(f -> f.kind() == FrameKind.GOAWAY && f.errorCode() == 11, Scene.LIMIT);
      scene.releaseWitness();
      scene.awaitStopped();
    }
  }

  @Test
  void behindARequestThatCameAfterTheAnnouncement_costNoRequest() throws Exception {
    try (Scene scene = Scene.open(DrainPolicy.DEFAULT.withPingTimeout(20_000))) {
      RawPeer peer = scene.connect(scene.server().h2c().withAckPing(false).withObeyGoAway(false));
      scene.stop();
      peer.await(FrameKind.PING, Scene.LIMIT);
      int good = scene.hold(peer, "/hold/good");
      peer.reset(101, INTERNAL_ERROR);
      scene.awaitRead(peer, 42);
      scene.answered(peer, good, "/hold/good");
      peer.close();
      scene.releaseWitness();
      scene.awaitStopped();
    }
  }

  @Test
  void withNoRequestInFlight_isAConnectionErrorAsEver() throws Exception {
    try (Scene scene = Scene.open(DrainPolicy.DEFAULT.withPingTimeout(20_000))) {
      RawPeer peer = scene.connect(scene.server().h2c().withAckPing(false));
      scene.stop();
      peer.await(FrameKind.PING, Scene.LIMIT);
      peer.reset(101, INTERNAL_ERROR);
      peer.await(f -> f.kind() == FrameKind.GOAWAY && f.errorCode() == 1, Scene.LIMIT);
      scene.releaseWitness();
      scene.awaitStopped();
    }
  }

  @Test
  void withoutADrain_isAConnectionErrorAsEver() throws Exception {
    try (Scene scene = Scene.open(DrainPolicy.DEFAULT)) {
      RawPeer peer = scene.connect(scene.server().h2c());
      scene.hold(peer, "/hold/own");
      peer.reset(101, INTERNAL_ERROR);
      peer.await(f -> f.kind() == FrameKind.GOAWAY && f.errorCode() == 1, Scene.LIMIT);
      scene.stop();
      scene.releaseWitness();
      scene.awaitStopped();
    }
  }
}
