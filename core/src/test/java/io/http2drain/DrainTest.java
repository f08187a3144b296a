package io.http2drain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.http2drain.peer.Fate;
import io.http2drain.peer.FrameKind;
import io.http2drain.peer.PeerOptions;
import io.http2drain.peer.RawPeer;
import io.http2drain.rig.DrainedServer;
import io.http2drain.rig.Eventually;
import io.http2drain.rig.Http1Client;
import io.http2drain.rig.LateClient;
import io.http2drain.rig.LogCapture;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.util.component.Graceful;
import org.eclipse.jetty.util.component.LifeCycle;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The ways in which a server stops, and what a drain does to the server around it. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class DrainTest {

  private static final Duration LIMIT = Duration.ofSeconds(20);

  private static void assertAnswered(RawPeer peer, int stream) throws Exception {
    assertEquals(Fate.OK, peer.response(stream).get(20, TimeUnit.SECONDS).fate());
  }

  @Test
  void connectorShutdown_drainsThatConnectorOnly() throws Exception {
    try (DrainedServer server = DrainedServer.start();
        RawPeer leaving = RawPeer.connect(server.h2c());
        RawPeer staying = RawPeer.connect(server.h2())) {
      int held = leaving.request("GET", "/hold/a", Map.of(), true);
      server.handler.awaitArrival("/hold/a");
      CompletableFuture<Void> shutdown = server.clear.shutdown();
      leaving.await(f -> f.kind() == FrameKind.GOAWAY && f.lastStreamId() == 1, LIMIT);
      assertFalse(shutdown.isDone());
      assertAnswered(staying, staying.request("GET", "/", Map.of(), true));
      assertFalse(staying.goAwaySeen());
      server.handler.release("/hold/a");
      assertAnswered(leaving, held);
      shutdown.get(20, TimeUnit.SECONDS);
      assertEquals(1, server.report().sessions());
      // The stop that follows drains the rest.
      server.stop().get(20, TimeUnit.SECONDS);
      assertTrue(staying.goAwaySeen());
      assertEquals(1, server.report().sessions());
    }
  }

  @Test
  void connectorStop_drainsThatConnector() throws Exception {
    try (DrainedServer server = DrainedServer.start();
        RawPeer peer = RawPeer.connect(server.h2c())) {
      int held = peer.request("GET", "/hold/a", Map.of(), true);
      server.handler.awaitArrival("/hold/a");
      CompletableFuture<Void> stopped =
          CompletableFuture.runAsync(
              () -> {
                try {
                  server.clear.stop();
                } catch (Exception x) {
                  throw new IllegalStateException(x);
                }
              });
      peer.await(f -> f.kind() == FrameKind.GOAWAY && f.lastStreamId() == 1, LIMIT);
      server.handler.release("/hold/a");
      assertAnswered(peer, held);
      stopped.get(20, TimeUnit.SECONDS);
    }
  }

  @Test
  void gracefulShutdown_returnsTheSameFutureTwiceAndCompletesIt() throws Exception {
    try (DrainedServer server = DrainedServer.start();
        RawPeer peer = RawPeer.connect(server.h2c())) {
      int held = peer.request("GET", "/hold/a", Map.of(), true);
      server.handler.awaitArrival("/hold/a");
      assertFalse(server.drain.isShutdown());
      CompletableFuture<Void> first = server.drain.shutdown();
      assertSame(first, server.drain.shutdown());
      assertTrue(server.drain.isShutdown());
      assertFalse(first.isDone());
      server.handler.release("/hold/a");
      assertAnswered(peer, held);
      first.get(20, TimeUnit.SECONDS);
    }
  }

  @Test
  void stop_isPartOfJettysGracefulShutdown() throws Exception {
    try (DrainedServer server = DrainedServer.start()) {
      assertTrue(server.server.getContainedBeans(Graceful.class).contains(server.drain));
    }
  }

  @Test
  void startAfterAStop_servesAndDrainsAgain() throws Exception {
    try (DrainedServer server = DrainedServer.start()) {
      DrainReport previous = null;
      for (int round = 0; round < 3; round++) {
        assertNull(server.drain.report());
        try (RawPeer peer = RawPeer.connect(server.h2c())) {
          String path = "/hold/" + round;
          int held = peer.request("GET", path, Map.of(), true);
          server.handler.awaitArrival(path);
          CompletableFuture<Void> stopped = server.stop();
          peer.await(f -> f.kind() == FrameKind.GOAWAY && f.lastStreamId() == 1, LIMIT);
          server.handler.release(path);
          assertAnswered(peer, held);
          stopped.get(20, TimeUnit.SECONDS);
          assertEquals(1, server.report().completed());
          assertNotSame(previous, server.report());
          previous = server.report();
        }
        server.server.start();
      }
    }
  }

  @Test
  void concurrentStops_bothReturnAfterTheDrain() throws Exception {
    try (DrainedServer server = DrainedServer.start();
        RawPeer peer = RawPeer.connect(server.h2c())) {
      int held = peer.request("GET", "/hold/a", Map.of(), true);
      server.handler.awaitArrival("/hold/a");
      CompletableFuture<Void> first = server.stop();
      CompletableFuture<Void> second = server.stop();
      peer.await(f -> f.kind() == FrameKind.GOAWAY && f.lastStreamId() == 1, LIMIT);
      assertFalse(first.isDone() || second.isDone());
      server.handler.release("/hold/a");
      assertAnswered(peer, held);
      first.get(20, TimeUnit.SECONDS);
      second.get(20, TimeUnit.SECONDS);
      assertEquals(1, server.report().sessions());
    }
  }

  @Test
  void stopDuringStart_stops() throws Exception {
    try (DrainedServer server = new DrainedServer(DrainPolicy.DEFAULT)) {
      CompletableFuture<CompletableFuture<Void>> stopped = new CompletableFuture<>();
      server.server.addEventListener(
          new LifeCycle.Listener() {
            @Override
            public void lifeCycleStarting(LifeCycle event) {
              stopped.complete(server.stop());
            }
          });
      server.server.start();
      stopped.get(20, TimeUnit.SECONDS).get(20, TimeUnit.SECONDS);
      assertTrue(server.server.isStopped());
    }
  }

  @Test
  void stop_leavesTheTimeOutsOfTheServerAsTheyWere() throws Exception {
    QueuedThreadPool threads = new QueuedThreadPool();
    try (DrainedServer server = new DrainedServer(DrainPolicy.DEFAULT, threads)) {
      server.server.setStopTimeout(1234);
      server.clear.setShutdownIdleTimeout(567);
      server.server.start();
      server.server.stop();
      assertEquals(1234, server.server.getStopTimeout());
      assertEquals(567, server.clear.getShutdownIdleTimeout());
      assertTrue(threads.getStopTimeout() <= 1234);
    }
  }

  @Test
  void stop_whereJettyWouldNotWait_stillDrains() throws Exception {
    try (DrainedServer server = DrainedServer.start();
        RawPeer peer = RawPeer.connect(server.h2c())) {
      assertEquals(0, server.server.getStopTimeout());
      int held = peer.request("GET", "/hold/a", Map.of(), true);
      server.handler.awaitArrival("/hold/a");
      CompletableFuture<Void> stopped = server.stop();
      peer.await(f -> f.kind() == FrameKind.GOAWAY && f.lastStreamId() == 1, LIMIT);
      server.handler.release("/hold/a");
      assertAnswered(peer, held);
      stopped.get(20, TimeUnit.SECONDS);
    }
  }

  @Test
  void withJettysGracefulHandler_aStreamBetweenTheGoAwaysIsServed() throws Exception {
    try (DrainedServer server = new DrainedServer(DrainPolicy.DEFAULT)) {
      server.wrapHandler(new GracefulHandler());
      server.server.setStopTimeout(5000);
      server.server.start();
      try (RawPeer peer = RawPeer.connect(server.h2c().withAckPing(false))) {
        peer.await(FrameKind.SETTINGS, LIMIT);
        CompletableFuture<Void> stopped = server.stop();
        long first = peer.await(FrameKind.PING, LIMIT).payload();
        int between = peer.request("GET", "/between", Map.of(), true);
        assertAnswered(peer, between);
        peer.ackPing(first);
        long second =
            peer.await(f -> f.kind() == FrameKind.PING && f.payload() != first, LIMIT).payload();
        peer.ackPing(second);
        peer.ackPing(
            peer.await(
                    f ->
                        f.kind() == FrameKind.PING && f.payload() != first && f.payload() != second,
                    LIMIT)
                .payload());
        stopped.get(20, TimeUnit.SECONDS);
      }
    }
  }

  @Test
  void everyThreadOfThePoolBlocked_theDrainGoesOn() throws Exception {
    QueuedThreadPool threads = new QueuedThreadPool(8);
    try (DrainedServer server = new DrainedServer(DrainPolicy.DEFAULT, threads)) {
      server.server.start();
      try (RawPeer peer = RawPeer.connect(server.h2c());
          RawPeer idle = RawPeer.connect(server.h2c())) {
        idle.await(FrameKind.SETTINGS, LIMIT);
        // Acceptors and selectors hold theirs; these take the rest.
        int blocked = threads.getMaxThreads() - threads.getLeasedThreads();
        int[] streams = new int[blocked];
        for (int i = 0; i < blocked; i++) {
          streams[i] = peer.request("GET", "/block/" + i, Map.of(), true);
        }
        CompletableFuture<Void> drained = server.drain.shutdown();
        idle.await(FrameKind.FIN, LIMIT);
        peer.await(f -> f.kind() == FrameKind.GOAWAY && f.lastStreamId() != 2147483647, LIMIT);
        for (int i = 0; i < blocked; i++) {
          server.handler.release("/block/" + i);
        }
        for (int stream : streams) {
          assertAnswered(peer, stream);
        }
        drained.get(20, TimeUnit.SECONDS);
      }
    }
  }

  @Test
  void connectionThatSaysNothing_isClosedAfterTheLinger() throws Exception {
    try (DrainedServer server = DrainedServer.start(DrainPolicy.DEFAULT.withLinger(100));
        RawPeer peer = RawPeer.connect(server.h2());
        Http1Client clear = new Http1Client(server.clear);
        Http1Client secure = new Http1Client(server.secure);
        Http1Client halfPreface = new Http1Client(server.clear)) {
      halfPreface.text("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
      peer.await(FrameKind.SETTINGS, LIMIT);
      Eventually.await("accepted", () -> server.clear.getConnectedEndPoints().size() == 2);
      Eventually.await("accepted", () -> server.secure.getConnectedEndPoints().size() == 2);
      server.stop().get(20, TimeUnit.SECONDS);
      assertEquals("", clear.readAll());
      assertEquals("", secure.readAll());
      halfPreface.readAll();
    }
  }

  @Test
  void withJettysGracefulHandler_admittedStreamsThatWaitForAThreadAreServed() throws Exception {
    QueuedThreadPool threads = new QueuedThreadPool(8);
    try (DrainedServer server = new DrainedServer(DrainPolicy.DEFAULT, threads)) {
      server.wrapHandler(new GracefulHandler());
      server.server.setStopTimeout(5000);
      server.server.start();
      try (RawPeer peer = RawPeer.connect(server.h2c())) {
        int[] streams = new int[20];
        for (int i = 0; i < streams.length; i++) {
          streams[i] = peer.request("GET", "/block/" + i, Map.of(), true);
        }
        Eventually.await("admitted", () -> server.drain.getStreamsInFlight() == streams.length);
        CompletableFuture<Void> stopped = server.stop();
        peer.await(f -> f.kind() == FrameKind.GOAWAY && f.lastStreamId() != 2147483647, LIMIT);
        for (int i = 0; i < streams.length; i++) {
          server.handler.release("/block/" + i);
        }
        for (int stream : streams) {
          assertAnswered(peer, stream);
        }
        stopped.get(20, TimeUnit.SECONDS);
      }
    }
  }

  @Test
  void withJettysGracefulHandler_aSessionThatOpensLateIsServed() throws Exception {
    try (DrainedServer server = new DrainedServer(DrainPolicy.DEFAULT.withLinger(10_000))) {
      server.wrapHandler(new GracefulHandler());
      server.server.setStopTimeout(5000);
      server.server.start();
      try (Http1Client late = new Http1Client(server.clear)) {
        late.text("PRI * HT");
        Eventually.await("accepted", () -> !server.clear.getConnectedEndPoints().isEmpty());
        CompletableFuture<Void> stopped = server.stop();
        Eventually.await("connector is shut down", server.clear::isShutdown);
        late.bytes(LateClient.restOfPrefaceAndRequest());
        String answer = late.readAll();
        assertTrue(answer.contains("answer to /"), answer);
        stopped.get(20, TimeUnit.SECONDS);
        assertEquals(1, server.report().completed());
      }
    }
  }

  @Test
  void clientsThatCloseWhileTheDrainBegins_doNotHoldIt() throws Exception {
    for (int round = 0; round < 5; round++) {
      try (DrainedServer server = DrainedServer.start()) {
        List<CompletableFuture<RawPeer>> connecting = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
          connecting.add(RawPeer.connectAsync(server.h2c().withRecordFrames(false)));
        }
        for (CompletableFuture<RawPeer> peer : connecting) {
          peer.get(20, TimeUnit.SECONDS);
        }
        Eventually.await("open", () -> server.drain.getSessionCount() == 200);
        CompletableFuture<Void> stopped = server.stop();
        for (CompletableFuture<RawPeer> peer : connecting) {
          peer.get().close();
        }
        stopped.get(10, TimeUnit.SECONDS);
      }
    }
  }

  @Test
  void connectorThatWasStoppedAndStarted_isNotStruckByTheTimersOfItsDrain() throws Exception {
    try (DrainedServer server = DrainedServer.start(DrainPolicy.DEFAULT.withTimeout(400))) {
      server.clear.stop();
      server.clear.start();
      try (Http1Client client = new Http1Client(server.clear)) {
        client.get("/hold/a");
        server.handler.awaitArrival("/hold/a");
        CompletableFuture<Void> ended =
            CompletableFuture.runAsync(
                () -> Eventually.await("closed", () -> server.handler.hasFailed("/hold/a")));
        assertThrows(TimeoutException.class, () -> ended.get(800, TimeUnit.MILLISECONDS));
        server.handler.release("/hold/a");
        client.shutdownOutput();
        assertTrue(client.readAll().endsWith("answer to /hold/a"));
        ended.cancel(true);
      }
    }
  }

  @Test
  void factoryOfAUser_stopsAsFastAsStock() throws Exception {
    Server server = new Server();
    ServerConnector connector =
        new ServerConnector(server, 1, 1, new FactorySwapTest.CustomFactory());
    connector.setHost("127.0.0.1");
    server.addConnector(connector);
    Drain.install(server);
    server.start();
    try (RawPeer peer = RawPeer.connect(PeerOptions.h2c(connector.getLocalPort()))) {
      peer.await(FrameKind.SETTINGS, LIMIT);
      assertEquals(1000, connector.getShutdownIdleTimeout());
    } finally {
      server.stop();
    }
  }

  @Test
  void connectorAddedToARunningServer_isDrained() throws Exception {
    try (DrainedServer server = DrainedServer.start()) {
      ServerConnector added =
          new ServerConnector(server.server, 1, 1, new HTTP2CServerConnectionFactory());
      added.setHost("127.0.0.1");
      server.server.addConnector(added);
      added.start();
      try (RawPeer peer = RawPeer.connect(PeerOptions.h2c(added.getLocalPort()))) {
        int held = peer.request("GET", "/hold/a", Map.of(), true);
        server.handler.awaitArrival("/hold/a");
        CompletableFuture<Void> stopped = server.stop();
        peer.await(f -> f.kind() == FrameKind.GOAWAY && f.lastStreamId() == 1, LIMIT);
        server.handler.release("/hold/a");
        assertAnswered(peer, held);
        stopped.get(20, TimeUnit.SECONDS);
      }
    }
  }

  @Test
  void noHttp2Connector_warnsAndRuns() throws Exception {
    Server server = new Server();
    ServerConnector connector = new ServerConnector(server);
    connector.setHost("127.0.0.1");
    server.addConnector(connector);
    Drain.install(server);
    try (LogCapture log = new LogCapture(Drain.class)) {
      server.start();
      assertTrue(
          log.lines().stream()
              .anyMatch(line -> line.contains("WARN") && line.contains("speaks HTTP/2")),
          () -> log.lines().toString());
      assertTrue(server.isStarted());
    } finally {
      server.stop();
    }
  }

  @Test
  void secondInstall_returnsTheFirst() {
    Server server = new Server();
    Drain drain = Drain.install(server);
    assertSame(drain, Drain.install(server, DrainPolicy.DEFAULT.withLinger(1)));
  }

  @Test
  void installOnARunningServer_throws() throws Exception {
    Server server = new Server();
    server.start();
    try {
      Throwable x = assertThrows(IllegalStateException.class, () -> Drain.install(server));
      assertEquals("server: STARTED (expected: not running)", x.getMessage());
    } finally {
      server.stop();
    }
  }

  @Test
  void dump_namesTheComponentAndItsSessions() throws Exception {
    try (DrainedServer server = DrainedServer.start();
        RawPeer peer = RawPeer.connect(server.h2c())) {
      int held = peer.request("GET", "/hold/a", Map.of(), true);
      server.handler.awaitArrival("/hold/a");
      String dump = server.server.dump();
      assertTrue(dump.contains("Drain@"), dump);
      String session = "/127.0.0.1:" + peer.localPort() + "{open,inFlight=1,last=1}";
      assertTrue(dump.contains(session), dump);
      assertEquals(List.of(session), server.drain.getSessions());
      server.handler.release("/hold/a");
      assertAnswered(peer, held);
    }
  }

  @Test
  void connectorAddedAfterInstall_isDrained() throws Exception {
    try (DrainedServer server = new DrainedServer(DrainPolicy.DEFAULT)) {
      ServerConnector added =
          new ServerConnector(server.server, new HTTP2CServerConnectionFactory());
      added.setHost("127.0.0.1");
      server.server.addConnector(added);
      server.server.start();
      try (RawPeer peer = RawPeer.connect(PeerOptions.h2c(added.getLocalPort()))) {
        assertAnswered(peer, peer.request("GET", "/", Map.of(), true));
        server.stop().get(20, TimeUnit.SECONDS);
        assertTrue(peer.goAwaySeen());
      }
      Connector[] connectors = server.server.getConnectors();
      assertEquals(3, connectors.length);
      assertNotNull(server.drain.report());
    }
  }
}
