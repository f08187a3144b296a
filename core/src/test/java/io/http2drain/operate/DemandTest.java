package io.http2drain.operate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.http2drain.DrainPhase;
import io.http2drain.DrainPolicy;
import io.http2drain.DrainReport;
import io.http2drain.SessionState;
import io.http2drain.peer.Fate;
import io.http2drain.peer.FrameKind;
import io.http2drain.peer.RawPeer;
import io.http2drain.rig.DrainFrames;
import io.http2drain.rig.DrainedServer;
import io.http2drain.rig.Eventually;
import io.http2drain.rig.RetainedHeap;
import io.http2drain.rig.Scene;
import java.lang.ref.WeakReference;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http2.HTTP2Connection;
import org.eclipse.jetty.http2.api.Stream;
import org.eclipse.jetty.io.EndPoint;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Drains of a server that stays: of all of it, one connector, one session. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class DemandTest {

  private static final DrainPolicy POLICY = DrainPolicy.DEFAULT.withPingTimeout(1500);

  private static DrainReport get(CompletableFuture<DrainReport> report) throws Exception {
    return report.get(20, TimeUnit.SECONDS);
  }

  private static void assertServes(RawPeer peer, String path) throws Exception {
    int stream = peer.request("GET", path, Map.of(), true);
    assertEquals(Fate.OK, peer.response(stream).get(20, TimeUnit.SECONDS).fate());
  }

  private static int hold(DrainedServer server, RawPeer peer, String path) throws Exception {
    int stream = peer.request("GET", path, Map.of(), true);
    server.handler.awaitArrival(path);
    return stream;
  }

  private static void awaitCut(RawPeer peer, int last) {
    peer.await(f -> f.kind() == FrameKind.GOAWAY && f.lastStreamId() == last, Scene.LIMIT);
  }

  /** A client that does not know yet that it is to leave, up to the ping time-out. */
  private static RawPeer latecomer(DrainedServer server) throws Exception {
    return RawPeer.connect(server.h2c().withAckPing(false).withObeyGoAway(false));
  }

  @Test
  void server_isDrainedWhileItStaysAndListens() throws Exception {
    try (DrainedServer server = DrainedServer.start(POLICY);
        RawPeer clear = RawPeer.connect(server.h2c());
        RawPeer secure = RawPeer.connect(server.h2())) {
      int held = hold(server, clear, "/hold/a");
      assertServes(secure, "/");
      CompletableFuture<DrainReport> report = server.drain.drainServer();
      assertFalse(server.drain.isReady());
      awaitCut(clear, 1);
      secure.await(FrameKind.FIN, Scene.LIMIT);
      assertEquals(DrainPhase.DRAINING, server.drain.status().phase());
      assertFalse(report.isDone());
      server.handler.release("/hold/a");
      assertEquals(Fate.OK, clear.response(held).get(20, TimeUnit.SECONDS).fate());
      assertEquals(2, get(report).sessions());
      assertEquals(0, get(report).cut() + get(report).refused());
      assertEquals(DrainPhase.DRAINED, server.drain.status().phase());
      // Who comes all the same is served, and told to leave at once.
      try (RawPeer late = latecomer(server)) {
        int again = hold(server, late, "/hold/b");
        awaitCut(late, 1);
        server.handler.release("/hold/b");
        assertEquals(Fate.OK, late.response(again).get(20, TimeUnit.SECONDS).fate());
        late.await(FrameKind.FIN, Scene.LIMIT);
      }
      assertFalse(server.drain.isReady());
    }
  }

  @Test
  void streamsOfADrainThatIsOver_areLetGoOf() throws Exception {
    WeakReference<Stream> served;
    try (DrainedServer server = DrainedServer.start()) {
      try (RawPeer peer = RawPeer.connect(server.h2c())) {
        int held = hold(server, peer, "/hold/a");
        served = onlyStream(server);
        CompletableFuture<DrainReport> report = server.drain.drainServer();
        awaitCut(peer, 1);
        server.handler.release("/hold/a");
        assertEquals(Fate.OK, peer.response(held).get(20, TimeUnit.SECONDS).fate());
        assertEquals(1, get(report).completed());
      }
      Eventually.await(
          "the stream is collected",
          () -> {
            RetainedHeap.bytes();
            return served.get() == null;
          });
      assertEquals(1, server.drain.status().timeline().streams().size()); // As text.
    }
  }

  private static WeakReference<Stream> onlyStream(DrainedServer server) {
    EndPoint endPoint = server.clear.getConnectedEndPoints().iterator().next();
    HTTP2Connection connection = (HTTP2Connection) endPoint.getConnection();
    return new WeakReference<>(connection.getSession().getStreams().iterator().next());
  }

  @Test
  void secondDemand_isTheSameDrain() throws Exception {
    try (DrainedServer server = DrainedServer.start();
        RawPeer peer = RawPeer.connect(server.h2c())) {
      int held = hold(server, peer, "/hold/a");
      CompletableFuture<DrainReport> first = server.drain.drainServer();
      CompletableFuture<DrainReport> second = server.drain.drainServer();
      second.cancel(true); // Is no harm to the first.
      awaitCut(peer, 1);
      server.handler.release("/hold/a");
      assertEquals(Fate.OK, peer.response(held).get(20, TimeUnit.SECONDS).fate());
      assertEquals(1, get(first).sessions());
      assertEquals(1, server.drain.totals().drains());
    }
  }

  @Test
  void connector_isDrainedAloneByItsPort() throws Exception {
    try (DrainedServer server = DrainedServer.start();
        RawPeer leaving = RawPeer.connect(server.h2c());
        RawPeer staying = RawPeer.connect(server.h2())) {
      assertServes(leaving, "/");
      CompletableFuture<DrainReport> report =
          server.drain.drainConnector(Integer.toString(server.clear.getLocalPort()));
      leaving.await(FrameKind.FIN, Scene.LIMIT);
      assertEquals(1, get(report).sessions());
      assertServes(staying, "/");
      assertFalse(staying.goAwaySeen());
      assertTrue(server.drain.isReady(server.secure));
      assertFalse(server.drain.isReady(server.clear));
    }
  }

  @Test
  void session_isDrainedAloneByItsRemoteAddressOrId() throws Exception {
    try (DrainedServer server = DrainedServer.start();
        RawPeer one = RawPeer.connect(server.h2c());
        RawPeer two = RawPeer.connect(server.h2c());
        RawPeer staying = RawPeer.connect(server.h2c())) {
      assertServes(one, "/");
      assertServes(two, "/");
      String address = "127.0.0.1:" + two.localPort();
      long id =
          server.drain.status().sessions().stream()
              .filter(session -> session.remoteAddress().endsWith(":" + one.localPort()))
              .findFirst()
              .orElseThrow()
              .id();
      assertEquals(1, get(server.drain.drainSession(Long.toString(id))).sessions());
      assertEquals(1, get(server.drain.drainSession(address)).sessions());
      one.await(FrameKind.FIN, Scene.LIMIT);
      two.await(FrameKind.FIN, Scene.LIMIT);
      assertServes(staying, "/");
      assertFalse(staying.goAwaySeen());
      assertTrue(server.drain.isReady());
      assertThrows(IllegalArgumentException.class, () -> server.drain.drainSession(address));
    }
  }

  @Test
  void unknownNames_throw() throws Exception {
    try (DrainedServer server = DrainedServer.start()) {
      for (String name : List.of("", "1", "nobody", "127.0.0.1:1")) {
        assertThrows(IllegalArgumentException.class, () -> server.drain.drainSession(name));
        assertThrows(IllegalArgumentException.class, () -> server.drain.undoSession(name));
        assertThrows(IllegalArgumentException.class, () -> server.drain.drainConnector(name));
        assertThrows(IllegalArgumentException.class, () -> server.drain.undoConnector(name));
      }
      assertFalse(server.drain.undo());
      assertNull(server.drain.report());
    }
  }

  @Test
  void deadline_cutsWhatIsInFlightAndTheServerGoesOn() throws Exception {
    try (DrainedServer server = DrainedServer.start(POLICY.withTimeout(300));
        RawPeer peer = RawPeer.connect(server.h2c())) {
      int held = hold(server, peer, "/hold/a");
      assertEquals(1, get(server.drain.drainServer()).cut());
      assertEquals(Fate.RESET, peer.response(held).get(20, TimeUnit.SECONDS).fate());
      assertTrue(server.server.isStarted());
      // Who comes behind the deadline is not cut by it.
      try (RawPeer late = latecomer(server)) {
        int again = hold(server, late, "/hold/b");
        awaitCut(late, 1);
        server.handler.release("/hold/b");
        assertEquals(Fate.OK, late.response(again).get(20, TimeUnit.SECONDS).fate());
      }
    }
  }

  @Test
  void stopDuringADrainOnDemand_takesItOverWithItsOwnDeadline() throws Exception {
    try (DrainedServer server = DrainedServer.start(DrainPolicy.DEFAULT.withTimeout(20_000));
        RawPeer told = RawPeer.connect(server.h2c());
        RawPeer alone = RawPeer.connect(server.h2())) {
      int held = hold(server, told, "/hold/a");
      int other = hold(server, alone, "/hold/b");
      CompletableFuture<DrainReport> ofSession =
          server.drain.drainSession("127.0.0.1:" + alone.localPort());
      awaitCut(alone, 1);
      CompletableFuture<DrainReport> ofConnector =
          server.drain.drainConnector(Integer.toString(server.clear.getLocalPort()));
      awaitCut(told, 1);
      CompletableFuture<Void> stopped = server.stop();
      // Both are now the stop's.
      assertEquals(0, get(ofConnector).cut());
      assertEquals(0, get(ofSession).cut());
      assertFalse(stopped.isDone());
      assertTrue(server.drain.status().stopping());
      server.handler.release("/hold/a");
      server.handler.release("/hold/b");
      assertEquals(Fate.OK, told.response(held).get(20, TimeUnit.SECONDS).fate());
      assertEquals(Fate.OK, alone.response(other).get(20, TimeUnit.SECONDS).fate());
      stopped.get(20, TimeUnit.SECONDS);
      assertEquals(2, server.report().sessions());
      assertEquals(2, server.report().completed());
      // Told once: the stop began nothing anew.
      assertEquals(
          List.of("GOAWAY 2147483647 0", "PING", "PING", "GOAWAY 1 0", "HEADERS 1", "PING", "FIN"),
          DrainFrames.of(told));
    }
  }

  @Test
  void stopAfterADrainOnDemand_stillServesWhoCameSince() throws Exception {
    try (DrainedServer server = DrainedServer.start(POLICY.withTimeout(20_000))) {
      get(server.drain.drainServer());
      try (RawPeer late = latecomer(server)) {
        int held = hold(server, late, "/hold/a");
        awaitCut(late, 1);
        CompletableFuture<Void> stopped = server.stop();
        Eventually.await(
            "the session is the stop's",
            () -> {
              DrainReport account = server.drain.status().account();
              return server.drain.status().stopping() && account != null && account.sessions() == 1;
            });
        server.handler.release("/hold/a");
        assertEquals(Fate.OK, late.response(held).get(20, TimeUnit.SECONDS).fate());
        stopped.get(20, TimeUnit.SECONDS);
        assertEquals(1, server.report().completed());
      }
    }
  }

  @Test
  void quietPeriod_isThatOfTheDrainOnDemandToo() throws Exception {
    try (DrainedServer server = DrainedServer.start(DrainPolicy.DEFAULT.withQuietPeriod(2000))) {
      CompletableFuture<DrainReport> report = server.drain.drainServer();
      assertEquals(DrainPhase.QUIET, server.drain.status().phase());
      try (RawPeer during = RawPeer.connect(server.h2c())) {
        assertServes(during, "/");
        assertEquals(SessionState.OPEN, server.drain.status().sessions().get(0).state());
        assertFalse(report.isDone());
        during.await(FrameKind.FIN, Scene.LIMIT);
      }
      assertEquals(1, get(report).sessions());
    }
  }
}
