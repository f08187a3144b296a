package io.http2drain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.http2drain.peer.FrameKind;
import io.http2drain.peer.RawPeer;
import io.http2drain.rig.DrainedServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http2.HTTP2Connection;
import org.eclipse.jetty.http2.HTTP2Session.FrameListener;
import org.eclipse.jetty.http2.api.Session;
import org.eclipse.jetty.http2.frames.Frame;
import org.eclipse.jetty.http2.frames.FrameType;
import org.eclipse.jetty.io.EndPoint;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the sessions of a drain owe each other. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ManySessionsTest {

  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final int SESSIONS = 20;

  @Test
  void stop_tellsAllBeforeTheFirstIsPinged() throws Exception {
    List<FrameType> sent = new CopyOnWriteArrayList<>();
    List<RawPeer> peers = new ArrayList<>();
    try (DrainedServer server = DrainedServer.start()) {
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
                  }
                });
      }
      server.stop().get(20, TimeUnit.SECONDS);
      assertEquals(SESSIONS, server.report().sessions());
      assertTrue(sent.size() > SESSIONS);
      assertTrue(
          sent.subList(0, SESSIONS).stream().allMatch(FrameType.GO_AWAY::equals), sent::toString);
    } finally {
      peers.forEach(RawPeer::close);
    }
  }
}
