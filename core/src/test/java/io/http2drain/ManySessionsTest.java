package io.http2drain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.http2drain.peer.FrameKind;
import io.http2drain.peer.RawPeer;
import io.http2drain.rig.DrainedServer;
import io.http2drain.rig.Eventually;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.eclipse.jetty.http2.HTTP2Connection;
import org.eclipse.jetty.http2.HTTP2Session.FrameListener;
import org.eclipse.jetty.http2.api.Session;
import org.eclipse.jetty.http2.frames.Frame;
import org.eclipse.jetty.http2.frames.FrameType;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.util.NanoTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the sessions of a drain owe each other. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ManySessionsTest {

  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final int SESSIONS = 20;

  @Test
  void stop_tellsAllBeforeTheFirstIsPinged() throws Exception {
    List<FrameType> sent = framesOfStop(DrainPolicy.DEFAULT.withPingTimeout(20_000), type -> {});
    assertTrue(sent.size() > SESSIONS);
    assertTrue(
        sent.subList(0, SESSIONS).stream().allMatch(FrameType.GO_AWAY::equals), sent::toString);
  }

  @Test
  void stopThatTellsSlowly_keepsNoSessionWaitingForHalfItsPingTimeout() throws Exception {
    DrainPolicy policy = DrainPolicy.DEFAULT.withPingTimeout(4000);
    AtomicBoolean first = new AtomicBoolean(true);
    List<FrameType> sent =
        framesOfStop(
            policy,
            type -> {
              long begin = NanoTime.now();
              while (first.get() && NanoTime.millisSince(begin) <= 2000) {
                LockSupport.parkNanos(1_000_000);
              }
              first.set(false);
            });
    assertEquals(List.of(FrameType.GO_AWAY, FrameType.PING), sent.subList(0, 2), sent::toString);
  }

  /**
   * What the server sends to all of its sessions, in order.
   *
   * @param listener is called by the thread that writes
   */
  private static List<FrameType> framesOfStop(DrainPolicy policy, Consumer<FrameType> listener)
      throws Exception {
    List<FrameType> sent = new CopyOnWriteArrayList<>();
    List<RawPeer> peers = new ArrayList<>();
    try (DrainedServer server = DrainedServer.start(policy)) {
      for (int i = 0; i < SESSIONS; i++) {
        RawPeer peer = RawPeer.connect(server.h2c());
        peers.add(peer);
        peer.await(FrameKind.SETTINGS_ACK, LIMIT);
      }
      for (EndPoint endPoint : server.clear.getConnectedEndPoints()) {
        HTTP2Connection connection = (HTTP2Connection) endPoint.getConnection();
        connection
            .getSession()
            .addEventListener(
                new FrameListener() {
                  @Override
                  public void onOutgoingFrame(Session session, Frame frame) {
                    sent.add(frame.getType());
                    listener.accept(frame.getType());
                  }
                });
      }
      // Otherwise what the stop sends may wait for a thread that is just done with SETTINGS.
      Eventually.await(
          "idle",
          () -> server.clear.getConnectedEndPoints().stream().allMatch(EndPoint::isFillInterested));
      server.stop().get(20, TimeUnit.SECONDS);
      assertEquals(SESSIONS, server.report().sessions());
    } finally {
      peers.forEach(RawPeer::close);
    }
    return sent;
  }
}
