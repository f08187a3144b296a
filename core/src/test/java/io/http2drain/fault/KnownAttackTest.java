package io.http2drain.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.http2drain.DrainPolicy;
import io.http2drain.peer.FrameKind;
import io.http2drain.peer.PeerOptions;
import io.http2drain.peer.RawPeer;
import io.http2drain.peer.ReceivedFrame;
import io.http2drain.rig.Eventually;
import io.http2drain.rig.HoldingHandler;
import io.http2drain.rig.RawFrames;
import io.http2drain.rig.RetainedHeap;
import io.http2drain.rig.Scene;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Attacks that Jetty has limits against: the drain leaves the limits as they are. */
@Timeout(value = 90, unit = TimeUnit.SECONDS)
class KnownAttackTest {

  /** More than Jetty's 128 events a second, and in one write less than its input buffer. */
  private static final int EVENTS = 200;

  /** Each with the debug data of the GOAWAY by which stock Jetty ends it. */
  private enum Attack {
    RAPID_RESET("05a", "Rapid reset (CVE-2023-44487)", "invalid_rst_stream_frame_rate") {
      @Override
      void add(RawFrames frames, int streamId, int event) {
        int next = streamId + 2 * event;
        frames.get(next, "/attack", true).reset(next, 8);
      }
    },
    CONTINUATION_FLOOD(
        "05b", "CONTINUATION flood (CVE-2024-27316)", "invalid_continuation_frame_rate") {
      @Override
      void add(RawFrames frames, int streamId, int event) {
        if (event == 0) {
          frames.unfinishedHeaders(streamId);
        }
        frames.emptyContinuation(streamId);
      }
    },
    MADE_YOU_RESET(
        "05c", "MadeYouReset (CVE-2025-8671)", "invalid_(window_update|rst_stream)_frame_rate") {
      @Override
      void add(RawFrames frames, int streamId, int event) {
        int next = streamId + 2 * event;
        frames.get(next, "/hold/attack", false).windowUpdate(next, 0);
      }
    },
    SETTINGS_FLOOD("05d", "SETTINGS flood", "invalid_settings_frame_rate") {
      @Override
      void add(RawFrames frames, int streamId, int event) {
        frames.emptySettings();
      }
    },
    EMPTY_DATA_FLOOD("05e", "Flood of empty DATA", "invalid_data_frame_rate") {
      @Override
      void add(RawFrames frames, int streamId, int event) {
        if (event == 0) {
          frames.get(streamId, "/hold/attack", false);
        }
        frames.emptyData(streamId);
      }
    };

    private final String row;
    private final String title;
    private final String reason;

    Attack(String row, String title, String reason) {
      this.row = row;
      this.title = title;
      this.reason = reason;
    }

    abstract void add(RawFrames frames, int streamId, int event);

    /** Attacks from this stream on; in one write, so that nothing comes behind the close. */
    void run(RawPeer peer, int streamId, int events) {
      RawFrames frames = new RawFrames();
      for (int event = 0; event < events; event++) {
        add(frames, streamId, event);
      }
      peer.raw(frames.bytes());
    }

    void assertEnds(RawPeer peer) {
      ReceivedFrame last =
          peer.await(f -> f.kind() == FrameKind.GOAWAY && f.errorCode() != 0, Scene.LIMIT);
      assertEquals(11, last.errorCode()); // ENHANCE_YOUR_CALM
      assertTrue(last.debugData().matches(reason), last::toString);
    }
  }

  @ParameterizedTest
  @EnumSource
  void attackOnStockJetty_isEndedByItsLimit(Attack attack) throws Exception {
    Server server = new Server();
    ServerConnector connector =
        new ServerConnector(server, 1, 1, new HTTP2CServerConnectionFactory());
    connector.setHost("127.0.0.1");
    server.addConnector(connector);
    server.setHandler(new HoldingHandler());
    server.start();
    try (RawPeer peer = RawPeer.connect(PeerOptions.h2c(connector.getLocalPort()))) {
      // Nothing of the peer's is left on its way when the connection is closed on it.
      peer.await(FrameKind.SETTINGS, Scene.LIMIT);
      peer.ping(42);
      peer.await(FrameKind.PING_ACK, Scene.LIMIT);
      attack.run(peer, 3, EVENTS);
      attack.assertEnds(peer);
    } finally {
      server.stop();
    }
  }

  @ParameterizedTest
  @EnumSource
  void attackBetweenTheGoAways_isEndedByTheLimitOfStockJetty(Attack attack) throws Exception {
    try (Scene scene = Scene.open(DrainPolicy.DEFAULT.withPingTimeout(20_000))) {
      RawPeer peer = scene.connect(scene.server().h2c().withAckPing(false));
      scene.stop();
      peer.await(FrameKind.PING, Scene.LIMIT);
      attack.run(peer, 3, EVENTS);
      attack.assertEnds(peer);
      scene.releaseWitness();
      scene.awaitStopped();
    }
  }

  @ParameterizedTest
  @EnumSource
  void attackAfterTheCut_isEndedByTheLimitOfStockJetty(Attack attack) throws Exception {
    try (Scene scene = Scene.open(DrainPolicy.DEFAULT)) {
      RawPeer peer = scene.connect(scene.server().h2c());
      scene.hold(peer, "/hold/good"); // Else the session would be over.
      scene.stop();
      scene.awaitCut(peer);
      attack.run(peer, 3, EVENTS);
      attack.assertEnds(peer);
      scene.releaseWitness();
      scene.awaitStopped();
      assertTrue(!scene.server().handler.hasRun("/attack"), "a late stream was run");
      scene.record(
          attack.row, attack.title, "GOAWAY(ENHANCE_YOUR_CALM) by Jetty's own limit", "at once");
    }
  }

  @Test
  void eventsBeforeAndAfterTheBeginningOfADrain_addUp() throws Exception {
    long elapsed = Long.MAX_VALUE;
    for (int round = 0; round < 20 && elapsed > 800; round++) {
      try (Scene scene = Scene.open(DrainPolicy.DEFAULT)) {
        RawPeer peer = scene.connect(scene.server().h2c());
        scene.hold(peer, "/hold/good");
        long begin = System.nanoTime();
        Attack.SETTINGS_FLOOD.run(peer, 3, 100);
        scene.awaitRead(peer, 42);
        scene.stop();
        scene.awaitCut(peer);
        Attack.SETTINGS_FLOOD.run(peer, 3, 100);
        peer.ping(43);
        ReceivedFrame answer =
            peer.await(f -> f.payload() == 43 || f.errorCode() == 11, Scene.LIMIT);
        // Jetty's window is a second: only a round that fits into it says something.
        elapsed = TimeUnit.NANOSECONDS.toMillis(answer.nanoTime() - begin);
        if (elapsed <= 800) {
          Attack.SETTINGS_FLOOD.assertEnds(peer);
        }
        scene.releaseWitness();
        scene.awaitStopped();
      }
    }
    assertTrue(elapsed <= 800, "no round within Jetty's window of a second");
  }

  @Test
  void attackersOneAfterTheOther_leaveNothingInTheHeap() throws Exception {
    try (Scene scene = Scene.open(DrainPolicy.DEFAULT)) {
      Deque<RawPeer> attackers = new ArrayDeque<>();
      for (int i = 0; i < 200; i++) {
        RawPeer peer = scene.connect(scene.server().h2c());
        scene.hold(peer, "/hold/" + i);
        attackers.add(peer);
      }
      scene.stop();
      for (RawPeer peer : attackers) {
        scene.awaitCut(peer);
      }
      attack(scene, attackers, 100); // Fills the pools of buffers.
      long before = RetainedHeap.bytes();
      attack(scene, attackers, 100);
      long grown = RetainedHeap.bytes() - before;
      assertTrue(grown < 1_000_000, () -> "heap grew by " + grown);
      scene.releaseWitness();
      scene.awaitStopped();
    }
  }

  private static void attack(Scene scene, Deque<RawPeer> attackers, int count) {
    for (int i = 0; i < count; i++) {
      Attack attack = Attack.values()[i % Attack.values().length];
      RawPeer peer = attackers.remove();
      attack.run(peer, 3, EVENTS);
      attack.assertEnds(peer);
    }
    int left = attackers.size() + 1;
    Eventually.await("gone", () -> scene.server().drain.getSessionCount() == left);
  }
}
