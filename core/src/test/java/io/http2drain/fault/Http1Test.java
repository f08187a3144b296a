package io.http2drain.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.http2drain.DrainPolicy;
import io.http2drain.peer.FrameKind;
import io.http2drain.peer.RawPeer;
import io.http2drain.rig.DrainedServer;
import io.http2drain.rig.Eventually;
import io.http2drain.rig.Http1Client;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** HTTP/1.1 on the connectors of a server that drains, and what is upgraded from it. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class Http1Test {

  private static final Duration LIMIT = Duration.ofSeconds(20);

  private static boolean isRefused(int port) {
    try (Socket connected = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return connected.isClosed();
    } catch (IOException x) {
      return true;
    }
  }

  @Test
  void idleConnection_isClosedAfterTheLinger() throws Exception {
    try (DrainedServer server = DrainedServer.start(DrainPolicy.DEFAULT.withLinger(100));
        Http1Client idle = new Http1Client(server.clear)) {
      idle.get("/");
      assertTrue(idle.readHead().startsWith("HTTP/1.1 200"));
      server.stop().get(20, TimeUnit.SECONDS);
      idle.readAll();
    }
  }

  @Test
  void requestOnAnIdleConnectionWithinTheLinger_isServedWithConnectionClose() throws Exception {
    try (DrainedServer server = DrainedServer.start(DrainPolicy.DEFAULT.withLinger(10_000));
        Http1Client idle = new Http1Client(server.clear);
        RawPeer peer = RawPeer.connect(server.h2c())) {
      peer.await(FrameKind.SETTINGS, LIMIT);
      CompletableFuture<Void> stopped = server.stop();
      Eventually.await("connector is shut down", server.clear::isShutdown);
      idle.get("/");
      String answer = idle.readAll();
      assertTrue(answer.startsWith("HTTP/1.1 200"), answer);
      assertTrue(answer.contains("Connection: close"), answer);
      stopped.get(20, TimeUnit.SECONDS);
    }
  }

  @Test
  void requestInFlight_finishes() throws Exception {
    try (DrainedServer server = DrainedServer.start(DrainPolicy.DEFAULT.withLinger(100));
        RawPeer peer = RawPeer.connect(server.h2c());
        Http1Client busy = new Http1Client(server.clear)) {
      peer.await(FrameKind.SETTINGS, LIMIT);
      busy.get("/hold/a");
      server.handler.awaitArrival("/hold/a");
      CompletableFuture<Void> stopped = server.stop();
      peer.await(FrameKind.FIN, LIMIT);
      assertFalse(stopped.isDone());
      server.handler.release("/hold/a");
      String answer = busy.readAll();
      assertTrue(answer.endsWith("answer to /hold/a"), answer);
      assertTrue(answer.contains("Connection: close"), answer);
      stopped.get(20, TimeUnit.SECONDS);
    }
  }

  @Test
  void requestThatOutlivesTheTimeOut_doesNotHoldTheStop() throws Exception {
    try (DrainedServer server = DrainedServer.start(DrainPolicy.DEFAULT.withTimeout(500));
        Http1Client busy = new Http1Client(server.clear)) {
      busy.get("/hold/a");
      server.handler.awaitArrival("/hold/a");
      server.stop().get(20, TimeUnit.SECONDS);
      server.handler.release("/hold/a");
    }
  }

  @Test
  void answerThatIsBeingStreamed_isNotTakenForIdle() throws Exception {
    try (DrainedServer server = DrainedServer.start(DrainPolicy.DEFAULT.withLinger(100));
        Http1Client client = new Http1Client(server.clear)) {
      client.get("/stream/a");
      server.handler.awaitArrival("/stream/a");
      CompletableFuture<Void> stopped = server.stop();
      // Several sweeps pass while nothing moves.
      assertThrows(TimeoutException.class, () -> stopped.get(500, TimeUnit.MILLISECONDS));
      server.handler.release("/stream/a");
      String answer = client.readAll();
      assertTrue(answer.contains("begin"), answer);
      assertTrue(answer.contains("end"), answer);
      stopped.get(10, TimeUnit.SECONDS);
    }
  }

  @Test
  void keepAliveAfterAnInterimAnswer_doesNotHoldTheStop() throws Exception {
    try (DrainedServer server = DrainedServer.start(DrainPolicy.DEFAULT.withLinger(100));
        Http1Client client = new Http1Client(server.clear)) {
      client.lines(
          "POST /upload HTTP/1.1", "Host: a", "Content-Length: 3", "Expect: 100-continue", "");
      assertTrue(client.readHead().startsWith("HTTP/1.1 100"));
      client.text("abc");
      assertTrue(client.readHead().startsWith("HTTP/1.1 200"));
      server.stop().get(10, TimeUnit.SECONDS);
    }
  }

  @Test
  void connectorStop_closesTheListenerFirstAndLetsRequestsFinish() throws Exception {
    try (DrainedServer server = DrainedServer.start();
        Http1Client client = new Http1Client(server.clear)) {
      client.get("/hold/a");
      server.handler.awaitArrival("/hold/a");
      int port = server.clear.getLocalPort();
      CompletableFuture<Void> stopped =
          CompletableFuture.runAsync(
              () -> {
                try {
                  server.clear.stop();
                } catch (Exception x) {
                  throw new IllegalStateException(x);
                }
              });
      Eventually.await("connector is shut down", server.clear::isShutdown);
      Eventually.await("listener is closed", () -> isRefused(port));
      assertFalse(stopped.isDone());
      server.handler.release("/hold/a");
      assertTrue(client.readAll().endsWith("answer to /hold/a"));
      stopped.get(20, TimeUnit.SECONDS);
    }
  }

  @Test
  void upgradeToHttp2_isTrackedAndDrained() throws Exception {
    try (DrainedServer server = DrainedServer.start(DrainPolicy.DEFAULT.withPingTimeout(200));
        Http1Client client = new Http1Client(server.clear)) {
      client.lines(
          "GET /hold/a HTTP/1.1",
          "Host: a",
          "Connection: Upgrade, HTTP2-Settings",
          "Upgrade: h2c",
          "HTTP2-Settings: AAMAAABkAAQAAP__",
          "");
      client.lines("PRI * HTTP/2.0", "", "SM", "");
      client.bytes(new byte[] {0, 0, 0, 4, 0, 0, 0, 0, 0});
      server.handler.awaitArrival("/hold/a");
      assertEquals(1, server.drain.getSessionCount());
      assertEquals(1, server.drain.getStreamsInFlight());
      CompletableFuture<Void> drained = server.drain.shutdown();
      server.handler.release("/hold/a");
      String answer = client.readAll();
      assertTrue(answer.startsWith("HTTP/1.1 101"), answer);
      assertTrue(answer.contains("answer to /hold/a"), answer);
      drained.get(20, TimeUnit.SECONDS);
      assertEquals(1, server.report().completed());
    }
  }
}
