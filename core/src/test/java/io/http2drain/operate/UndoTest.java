package io.http2drain.operate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.http2drain.DrainPhase;
import io.http2drain.DrainPolicy;
import io.http2drain.DrainReport;
import io.http2drain.SessionState;
import io.http2drain.peer.Fate;
import io.http2drain.peer.FrameKind;
import io.http2drain.peer.RawPeer;
import io.http2drain.rig.DrainedServer;
import io.http2drain.rig.Eventually;
import io.http2drain.rig.Http1Client;
import io.http2drain.rig.Scene;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What the undo of a drain does at each of its moments; the rows of the table in the README. Behind
 * each of them new sessions live normally.
 */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class UndoTest {

  private static final long LONG = 20_000;

  private static int hold(DrainedServer server, RawPeer peer, String path) throws Exception {
    int stream = peer.request("GET", path, Map.of(), true);
    server.handler.awaitArrival(path);
    return stream;
  }

  private static void assertOk(RawPeer peer, int stream) throws Exception {
    assertEquals(Fate.OK, peer.response(stream).get(20, TimeUnit.SECONDS).fate());
  }

  private static void assertServes(RawPeer peer) throws Exception {
    assertOk(peer, peer.request("GET", "/", Map.of(), true));
  }

  private static void awaitCut(RawPeer peer, int last) {
    peer.await(f -> f.kind() == FrameKind.GOAWAY && f.lastStreamId() == last, Scene.LIMIT);
  }

  private static void awaitAnnounced(RawPeer peer) {
    peer.await(f -> f.kind() == FrameKind.PING, Scene.LIMIT);
  }

  /** The server is as if nothing had been. */
  private static void assertLivesNormally(DrainedServer server) throws Exception {
    assertTrue(server.drain.isReady());
    assertEquals(DrainPhase.SERVING, server.drain.status().phase());
    assertEquals(-1, server.drain.status().remainingMillis());
    try (RawPeer fresh = RawPeer.connect(server.h2c())) {
      assertServes(fresh);
      assertServes(fresh);
      assertFalse(fresh.goAwaySeen());
    }
    try (Http1Client http1 = new Http1Client(server.clear)) {
      http1.get("/");
      assertFalse(http1.readHead().contains("Connection: close"));
    }
  }

  @Test
  void inTheQuietPeriod_sessionsThatOpenedInItStay() throws Exception {
    DrainPolicy policy = DrainPolicy.DEFAULT.withTimeout(LONG).withQuietPeriod(LONG);
    try (DrainedServer server = DrainedServer.start(policy)) {
      CompletableFuture<DrainReport> report = server.drain.drainServer();
      try (RawPeer during = RawPeer.connect(server.h2c())) {
        assertServes(during);
        assertTrue(server.drain.undo());
        assertTrue(report.get(20, TimeUnit.SECONDS).undone());
        assertServes(during);
        assertFalse(during.goAwaySeen());
        assertLivesNormally(server);
      }
      var unused = server.stop();
      Eventually.await("quiet again", () -> !server.drain.isReady());
      server.hastenStop();
    }
  }

  @Test
  void whileAnnouncing_sessionsThatWaitForTheirTurnStay() throws Exception {
    // The second of two is told after half of the spread.
    DrainPolicy policy = DrainPolicy.DEFAULT.withTimeout(LONG).withSpread(4000);
    try (DrainedServer server = DrainedServer.start(policy);
        RawPeer one = RawPeer.connect(server.h2c());
        RawPeer two = RawPeer.connect(server.h2c())) {
      assertServes(one);
      assertServes(two);
      CompletableFuture<DrainReport> report = server.drain.drainServer();
      Eventually.await("one is told", () -> one.goAwaySeen() || two.goAwaySeen());
      assertTrue(server.drain.undo());
      assertTrue(report.get(20, TimeUnit.SECONDS).undone());
      RawPeer told = one.goAwaySeen() ? one : two;
      RawPeer staying = told == one ? two : one;
      told.await(FrameKind.FIN, Scene.LIMIT); // It goes on leaving.
      passTime(server, 2000);
      assertServes(staying);
      assertFalse(staying.goAwaySeen());
      assertLivesNormally(server);
    }
  }

  @Test
  void sessionWithoutItsPreface_stays() throws Exception {
    DrainPolicy policy = DrainPolicy.DEFAULT.withLinger(LONG);
    try (DrainedServer server = DrainedServer.start(policy);
        Http1Client client = new Http1Client(server.clear)) {
      client.text("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"); // And no SETTINGS yet.
      Eventually.await("open", () -> server.drain.getSessionCount() == 1);
      CompletableFuture<DrainReport> report = server.drain.drainServer();
      Eventually.await("joined", () -> server.drain.totals().sessions() == 1);
      assertTrue(server.drain.undo());
      assertTrue(report.get(20, TimeUnit.SECONDS).undone());
      client.bytes(new byte[] {0, 0, 0, 4, 0, 0, 0, 0, 0}); // SETTINGS, empty.
      client.bytes(new byte[] {0, 0, 8, 6, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8}); // PING.
      // SETTINGS, the acknowledgements of ours and of the PING; no GOAWAY, which is 7.
      List<Integer> types = new ArrayList<>();
      while (!types.contains(6)) {
        types.add(readFrame(client));
      }
      assertFalse(types.contains(7), types::toString);
      assertLivesNormally(server);
    }
  }

  @Test
  void announced_goesOnLeavingAndNothingIsCutAtTheDeadline() throws Exception {
    DrainPolicy policy = DrainPolicy.DEFAULT.withTimeout(2000).withPingTimeout(LONG);
    try (DrainedServer server = DrainedServer.start(policy);
        RawPeer peer = RawPeer.connect(server.h2c().withAckPing(false))) {
      int held = hold(server, peer, "/hold/a");
      CompletableFuture<DrainReport> report = server.drain.drainServer();
      awaitAnnounced(peer);
      assertTrue(server.drain.undo());
      assertTrue(report.get(20, TimeUnit.SECONDS).undone());
      assertEquals(SessionState.ANNOUNCED, server.drain.status().sessions().get(0).state());
      int between = hold(server, peer, "/hold/b"); // Still admitted: it may not know.
      passTime(server, 2000);
      peer.ackPing(0x6832_6472_6169_6e01L);
      peer.await(
          f -> f.kind() == FrameKind.PING && f.payload() == 0x6832_6472_6169_6e02L, Scene.LIMIT);
      peer.ackPing(0x6832_6472_6169_6e02L);
      awaitCut(peer, between);
      server.handler.release("/hold/a");
      server.handler.release("/hold/b");
      assertOk(peer, held);
      assertOk(peer, between);
      assertLivesNormally(server);
      peer.await(
          f -> f.kind() == FrameKind.PING && f.payload() == 0x6832_6472_6169_6e03L, Scene.LIMIT);
      peer.ackPing(0x6832_6472_6169_6e03L);
      peer.await(FrameKind.FIN, Scene.LIMIT);
    }
  }

  @Test
  void afterTheCut_requestsInFlightFinishBehindTheDeadlineAndLateOnesAreRefused() throws Exception {
    try (DrainedServer server = DrainedServer.start(DrainPolicy.DEFAULT.withTimeout(2000));
        RawPeer peer = RawPeer.connect(server.h2c().withObeyGoAway(false))) {
      int held = hold(server, peer, "/hold/a");
      CompletableFuture<DrainReport> report = server.drain.drainServer();
      awaitCut(peer, 1);
      assertTrue(server.drain.undo());
      assertEquals(0, report.get(20, TimeUnit.SECONDS).cut());
      passTime(server, 2000);
      int late = peer.request("GET", "/late", Map.of(), true);
      assertEquals(Fate.REFUSED, peer.response(late).get(20, TimeUnit.SECONDS).fate());
      assertFalse(server.handler.hasRun("/late"));
      assertEquals(1, server.drain.getSessionCount());
      server.handler.release("/hold/a");
      assertOk(peer, held);
      peer.await(FrameKind.FIN, Scene.LIMIT);
      assertLivesNormally(server);
    }
  }

  @Test
  void closing_closesAsItWould() throws Exception {
    try (DrainedServer server = DrainedServer.start(DrainPolicy.DEFAULT.withLinger(300));
        RawPeer peer = RawPeer.connect(server.h2c().withCloseOnFin(false))) {
      CompletableFuture<DrainReport> report = server.drain.drainServer();
      peer.await(FrameKind.FIN, Scene.LIMIT);
      server.drain.undo();
      report.get(20, TimeUnit.SECONDS);
      Eventually.await("closed after the linger", () -> server.drain.getSessionCount() == 0);
      assertLivesNormally(server);
    }
  }

  @Test
  void closingOfASilentPeer_isBoundedByTheIdleTimeoutOfItsConnector() throws Exception {
    DrainedServer server = new DrainedServer(DrainPolicy.DEFAULT.withTimeout(LONG));
    server.clear.setIdleTimeout(500);
    server.server.start();
    try (server;
        RawPeer peer = RawPeer.connect(server.h2c().withCloseOnFin(false).withAckPing(false))) {
      int held = hold(server, peer, "/hold/a");
      CompletableFuture<DrainReport> report = server.drain.drainServer();
      for (int round = 1; round <= 2; round++) {
        long payload = 0x6832_6472_6169_6e00L + round;
        peer.await(f -> f.kind() == FrameKind.PING && f.payload() == payload, Scene.LIMIT);
        peer.ackPing(payload);
      }
      awaitCut(peer, 1);
      server.handler.release("/hold/a");
      assertOk(peer, held);
      peer.await(FrameKind.FIN, Scene.LIMIT); // The PING before it is not answered.
      assertTrue(server.drain.undo());
      assertTrue(report.get(20, TimeUnit.SECONDS).undone());
      Eventually.await("closed when idle", () -> server.drain.getSessionCount() == 0);
    }
  }

  @Test
  void behindTheDeadline_whatIsCutStaysCut() throws Exception {
    try (DrainedServer server = DrainedServer.start(DrainPolicy.DEFAULT.withTimeout(200));
        RawPeer peer = RawPeer.connect(server.h2c())) {
      int held = hold(server, peer, "/hold/a");
      CompletableFuture<DrainReport> report = server.drain.drainServer();
      assertEquals(1, report.get(20, TimeUnit.SECONDS).cut());
      assertTrue(server.drain.undo());
      assertFalse(report.get().undone()); // It had come to its end.
      assertEquals(Fate.RESET, peer.response(held).get(20, TimeUnit.SECONDS).fate());
      assertLivesNormally(server);
    }
  }

  @Test
  void drained_newSessionsLiveNormally() throws Exception {
    try (DrainedServer server = DrainedServer.start()) {
      server.drain.drainServer().get(20, TimeUnit.SECONDS);
      assertEquals(DrainPhase.DRAINED, server.drain.status().phase());
      assertTrue(server.drain.undo());
      assertFalse(server.drain.undo());
      assertLivesNormally(server);
    }
  }

  @Test
  void stop_cannotBeUndone() throws Exception {
    try (DrainedServer server = DrainedServer.start();
        RawPeer peer = RawPeer.connect(server.h2c())) {
      int held = hold(server, peer, "/hold/a");
      CompletableFuture<Void> stopped = server.stop();
      awaitCut(peer, 1);
      assertThrows(IllegalStateException.class, () -> server.drain.undo());
      String address = "127.0.0.1:" + peer.localPort();
      assertThrows(IllegalStateException.class, () -> server.drain.undoSession(address));
      String port = Integer.toString(server.clear.getLocalPort());
      assertThrows(IllegalStateException.class, () -> server.drain.undoConnector(port));
      server.handler.release("/hold/a");
      assertOk(peer, held);
      stopped.get(20, TimeUnit.SECONDS);
      assertFalse(server.report().undone());
    }
  }

  @Test
  void connector_isUndoneAlone() throws Exception {
    try (DrainedServer server = DrainedServer.start()) {
      CompletableFuture<DrainReport> report = server.drain.drainServer();
      report.get(20, TimeUnit.SECONDS);
      assertTrue(server.drain.undoConnector(Integer.toString(server.clear.getLocalPort())));
      assertTrue(server.drain.isReady(server.clear));
      assertFalse(server.drain.isReady(server.secure));
      assertFalse(server.drain.isReady());
      try (RawPeer stays = RawPeer.connect(server.h2c());
          RawPeer leaves = RawPeer.connect(server.h2())) {
        leaves.await(FrameKind.FIN, Scene.LIMIT);
        assertServes(stays);
        assertFalse(stays.goAwaySeen());
      }
    }
  }

  @Test
  void session_isUndoneAlone() throws Exception {
    try (DrainedServer server = DrainedServer.start(DrainPolicy.DEFAULT.withTimeout(2000));
        RawPeer peer = RawPeer.connect(server.h2c())) {
      int held = hold(server, peer, "/hold/a");
      String address = "127.0.0.1:" + peer.localPort();
      assertFalse(server.drain.undoSession(address));
      CompletableFuture<DrainReport> report = server.drain.drainSession(address);
      awaitCut(peer, 1);
      assertTrue(server.drain.undoSession(address));
      assertFalse(server.drain.undoSession(address));
      assertTrue(report.get(20, TimeUnit.SECONDS).undone());
      passTime(server, 2000);
      server.handler.release("/hold/a");
      assertOk(peer, held);
      peer.await(FrameKind.FIN, Scene.LIMIT);
    }
  }

  @Test
  void drainAfterAnUndo_waitsForWhatTheFirstOneHadTold() throws Exception {
    try (DrainedServer server = DrainedServer.start();
        RawPeer peer = RawPeer.connect(server.h2c())) {
      int held = hold(server, peer, "/hold/a");
      CompletableFuture<DrainReport> first = server.drain.drainServer();
      awaitCut(peer, 1);
      assertTrue(server.drain.undo());
      assertTrue(first.get(20, TimeUnit.SECONDS).undone());
      CompletableFuture<DrainReport> second = server.drain.drainServer();
      assertEquals(DrainPhase.DRAINING, server.drain.status().phase());
      assertFalse(second.isDone());
      server.handler.release("/hold/a");
      assertOk(peer, held);
      assertEquals(1, second.get(20, TimeUnit.SECONDS).completed());
    }
  }

  @Test
  void stopAfterAnUndo_bringsTheDeadlineBack() throws Exception {
    try (DrainedServer server = DrainedServer.start(DrainPolicy.DEFAULT.withTimeout(2000));
        RawPeer peer = RawPeer.connect(server.h2c())) {
      int held = hold(server, peer, "/hold/a");
      CompletableFuture<DrainReport> report = server.drain.drainServer();
      awaitCut(peer, 1);
      assertTrue(server.drain.undo());
      assertEquals(0, report.get(20, TimeUnit.SECONDS).cut());
      server.stop().get(20, TimeUnit.SECONDS);
      assertEquals(1, server.report().cut());
      assertEquals(Fate.RESET, peer.response(held).get(20, TimeUnit.SECONDS).fate());
      assertEquals(List.of(), server.drain.status().sessions());
    }
  }

  /** Reads a frame, and returns its type. */
  private static int readFrame(Http1Client client) throws Exception {
    String head = client.read(9);
    int length = (head.charAt(0) << 16) + (head.charAt(1) << 8) + head.charAt(2);
    client.read(length);
    return head.charAt(3);
  }

  /** Waits until the scheduler has run a task that is due behind what began before. */
  private static void passTime(DrainedServer server, long millis) throws Exception {
    CompletableFuture<Void> passed = new CompletableFuture<>();
    var unused =
        server
            .server
            .getScheduler()
            .schedule(() -> passed.complete(null), millis + 500, TimeUnit.MILLISECONDS);
    passed.get(20, TimeUnit.SECONDS);
  }
}
