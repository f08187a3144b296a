package io.http2drain.operate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.http2drain.DrainPhase;
import io.http2drain.DrainPolicy;
import io.http2drain.peer.Fate;
import io.http2drain.peer.FrameKind;
import io.http2drain.peer.RawPeer;
import io.http2drain.rig.DrainFrames;
import io.http2drain.rig.DrainedServer;
import io.http2drain.rig.Eventually;
import io.http2drain.rig.Http1Client;
import io.http2drain.rig.Scene;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.jetty.server.Handler;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The time between the first moment of a stop and the close of the listeners, and the spread. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class QuietPeriodTest {

  /** So long that a test ends it by other means. */
  private static final long LONG = 20_000;

  private static void awaitPhase(DrainedServer server, DrainPhase phase) {
    Eventually.await(phase.name(), () -> server.drain.status().phase() == phase);
  }

  private static void assertServes(RawPeer peer, String path) throws Exception {
    int stream = peer.request("GET", path, Map.of(), true);
    assertEquals(Fate.OK, peer.response(stream).get(20, TimeUnit.SECONDS).fate());
  }

  @Test
  void firstMoment_readinessIsDownAndEverythingIsServed() throws Exception {
    DrainPolicy policy = DrainPolicy.DEFAULT.withQuietPeriod(LONG);
    try (DrainedServer server = DrainedServer.start(policy);
        RawPeer before = RawPeer.connect(server.h2c())) {
      assertServes(before, "/");
      assertTrue(server.drain.isReady());
      CompletableFuture<Void> stopped = server.stop();
      awaitPhase(server, DrainPhase.QUIET);
      assertFalse(server.drain.isReady());
      assertFalse(server.drain.isReady(server.clear));
      // Those that are open are told at once; those that come now are not.
      before.await(f -> f.kind() == FrameKind.GOAWAY && f.lastStreamId() == 1, Scene.LIMIT);
      try (RawPeer during = RawPeer.connect(server.h2())) {
        assertServes(during, "/a");
        assertServes(during, "/b");
        assertFalse(during.goAwaySeen());
        server.hastenStop(); // Haste: the deadline is now.
        assertTrue(stopped.isDone());
        during.await(FrameKind.GOAWAY, Scene.LIMIT);
      }
    }
  }

  @Test
  void endOfTheQuietPeriod_sessionsThatOpenedInItAreToldAndListenersClose() throws Exception {
    DrainPolicy policy = DrainPolicy.DEFAULT.withQuietPeriod(2000);
    try (DrainedServer server = DrainedServer.start(policy)) {
      CompletableFuture<Void> stopped = server.stop();
      awaitPhase(server, DrainPhase.QUIET);
      try (RawPeer during = RawPeer.connect(server.h2())) {
        int held = during.request("GET", "/hold/a", Map.of(), true);
        server.handler.awaitArrival("/hold/a");
        during.await(f -> f.kind() == FrameKind.GOAWAY && f.lastStreamId() == 1, Scene.LIMIT);
        assertFalse(server.clear.isOpen());
        assertFalse(stopped.isDone());
        server.handler.release("/hold/a");
        assertEquals(Fate.OK, during.response(held).get(20, TimeUnit.SECONDS).fate());
        stopped.get(20, TimeUnit.SECONDS);
        assertEquals(
            List.of(
                "GOAWAY 2147483647 0", "PING", "PING", "GOAWAY 1 0", "HEADERS 1", "PING", "FIN"),
            DrainFrames.of(during));
      }
      assertEquals(0, server.report().refused() + server.report().cut());
      assertTrue(server.report().elapsed().toMillis() >= 2000, server.report()::toString);
    }
  }

  @Test
  void http1AnswersInTheQuietPeriod_carryConnectionCloseAndNewConnectionsAreTaken()
      throws Exception {
    DrainPolicy policy = DrainPolicy.DEFAULT.withQuietPeriod(LONG);
    try (DrainedServer server = DrainedServer.start(policy);
        Http1Client open = new Http1Client(server.clear);
        Http1Client busy = new Http1Client(server.clear)) {
      open.get("/");
      assertFalse(answer(open).contains("Connection: close"));
      busy.get("/hold/a");
      server.handler.awaitArrival("/hold/a");
      CompletableFuture<Void> stopped = server.stop();
      awaitPhase(server, DrainPhase.QUIET);
      server.handler.release("/hold/a"); // Asked before, answered after the first moment.
      assertTrue(answer(busy).contains("Connection: close"));
      open.get("/");
      assertTrue(answer(open).contains("Connection: close"));
      try (Http1Client late = new Http1Client(server.clear)) {
        late.get("/");
        String head = answer(late);
        assertTrue(head.startsWith("HTTP/1.1 200"), head);
        assertTrue(head.contains("Connection: close"), head);
      }
      server.hastenStop();
      assertTrue(stopped.isDone());
    }
  }

  @Test
  void readinessPath_answersFromTheFirstMomentAndNothingElseChanges() throws Exception {
    DrainedServer server = new DrainedServer(DrainPolicy.DEFAULT.withQuietPeriod(LONG));
    server.drain.setReadinessPath("/up");
    server.server.start();
    try (server;
        RawPeer peer = RawPeer.connect(server.h2c())) {
      assertEquals(200, status(peer, "GET", "/up"));
      assertEquals(200, status(peer, "HEAD", "/up"));
      assertEquals(405, status(peer, "POST", "/up"));
      assertEquals(200, status(peer, "GET", "/up/more")); // The application's.
      assertTrue(server.handler.hasRun("/up/more"));
      assertFalse(server.handler.hasRun("/up"));
      CompletableFuture<Void> stopped = server.stop();
      awaitPhase(server, DrainPhase.QUIET);
      try (RawPeer probe = RawPeer.connect(server.h2())) {
        assertEquals(503, status(probe, "GET", "/up"));
        assertEquals(200, status(probe, "GET", "/"));
      }
      server.hastenStop();
      assertTrue(stopped.isDone());
      server.server.start(); // It is mounted once.
      assertEquals(1, server.server.getDescendants(Handler.Wrapper.class).size());
      var unused = server.stop();
      awaitPhase(server, DrainPhase.QUIET);
      server.hastenStop();
    }
  }

  private static int status(RawPeer peer, String method, String path) throws Exception {
    return peer.response(peer.request(method, path, Map.of(), true))
        .get(20, TimeUnit.SECONDS)
        .status();
  }

  @Test
  void connectorStop_hasAQuietPeriodOfItsOwn() throws Exception {
    DrainPolicy policy = DrainPolicy.DEFAULT.withQuietPeriod(2000);
    try (DrainedServer server = DrainedServer.start(policy)) {
      CompletableFuture<Void> stopped =
          CompletableFuture.runAsync(
              () -> {
                try {
                  server.clear.stop();
                } catch (Exception x) {
                  throw new IllegalStateException(x);
                }
              });
      Eventually.await("quiet", () -> !server.drain.isReady(server.clear));
      assertTrue(server.drain.isReady(server.secure));
      try (RawPeer during = RawPeer.connect(server.h2c())) {
        assertServes(during, "/");
        stopped.get(20, TimeUnit.SECONDS);
        assertTrue(during.goAwaySeen());
      }
    }
  }

  @Test
  void spread_sessionsAreToldOneAfterTheOther() throws Exception {
    DrainPolicy policy = DrainPolicy.DEFAULT.withSpread(1000);
    try (DrainedServer server = DrainedServer.start(policy)) {
      List<RawPeer> peers = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        peers.add(RawPeer.connect(server.h2c()));
        assertServes(peers.get(i), "/");
      }
      server.stop().get(20, TimeUnit.SECONDS);
      List<Long> told =
          server.drain.status().timeline().sessions().stream().map(l -> l.announced()).toList();
      assertEquals(4, told.size());
      for (int i = 0; i < 4; i++) {
        // Never early; how late, is the machine's business.
        assertTrue(told.get(i) >= i * 250L, told::toString);
        assertTrue(peers.get(i).goAwaySeen());
        peers.get(i).close();
      }
    }
  }

  @Test
  void sessionThatWaitsForItsTurnWhenTheStopIsHastened_isCutLikeTheOthers() throws Exception {
    DrainPolicy policy = DrainPolicy.DEFAULT.withSpread(LONG);
    try (DrainedServer server = DrainedServer.start(policy);
        RawPeer one = RawPeer.connect(server.h2c());
        RawPeer two = RawPeer.connect(server.h2c())) {
      one.request("GET", "/hold/a", Map.of(), true);
      two.request("GET", "/hold/b", Map.of(), true);
      server.handler.awaitArrival("/hold/a");
      server.handler.awaitArrival("/hold/b");
      CompletableFuture<Void> stopped = server.stop();
      Eventually.await("one is told", () -> one.goAwaySeen() || two.goAwaySeen());
      assertFalse(one.goAwaySeen() && two.goAwaySeen());
      server.hastenStop();
      assertTrue(stopped.isDone());
      assertEquals(2, server.report().cut());
      assertEquals(2, server.report().sessions());
    }
  }

  @Test
  void sessionThatWaitsForItsTurn_isServedMeanwhile() throws Exception {
    DrainPolicy policy = DrainPolicy.DEFAULT.withSpread(LONG);
    try (DrainedServer server = DrainedServer.start(policy);
        RawPeer one = RawPeer.connect(server.h2c());
        RawPeer two = RawPeer.connect(server.h2c())) {
      assertServes(one, "/");
      assertServes(two, "/");
      CompletableFuture<Void> stopped = server.stop();
      Eventually.await("one is told", () -> one.goAwaySeen() || two.goAwaySeen());
      RawPeer waiting = one.goAwaySeen() ? two : one;
      assertServes(waiting, "/a");
      assertFalse(waiting.goAwaySeen());
      server.hastenStop();
      assertTrue(stopped.isDone());
    }
  }

  /** The head of an answer, whose content is read as well. */
  private static String answer(Http1Client client) throws Exception {
    String head = client.readHead();
    Matcher length = Pattern.compile("Content-Length: (\\d+)").matcher(head);
    client.read(length.find() ? Integer.parseInt(length.group(1)) : 0);
    return head;
  }
}
