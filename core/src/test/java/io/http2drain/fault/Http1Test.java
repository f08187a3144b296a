package io.http2drain.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.http2drain.DrainPolicy;
import io.http2drain.peer.FrameKind;
import io.http2drain.peer.RawPeer;
import io.http2drain.rig.DrainedServer;
import io.http2drain.rig.EchoSocket;
import io.http2drain.rig.Eventually;
import io.http2drain.rig.Http1Client;
import io.http2drain.rig.LateClient;
import io.http2drain.rig.Scene;
import io.http2drain.rig.WebSocketFrames;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Connector;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** HTTP/1.1 on the connectors of a server that drains, and what is upgraded from it. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class Http1Test {

  private static final Duration LIMIT = Duration.ofSeconds(20);

  private static boolean isIdle(Connector connector) {
    return connector.getConnectedEndPoints().stream().allMatch(EndPoint::isFillInterested);
  }

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
      upgradeToHttp2(client, "/hold/a");
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

  @Test
  void upgradeToHttp2WithContent_isServedOverHttp1AndFinishes() throws Exception {
    try (Scene scene = Scene.open(DrainPolicy.DEFAULT);
        Http1Client client = new Http1Client(scene.server().clear)) {
      client.lines(
          "POST /upload HTTP/1.1",
          "Host: a",
          "Content-Length: 6",
          "Connection: Upgrade, HTTP2-Settings",
          "Upgrade: h2c",
          "HTTP2-Settings: AAMAAABkAAQAAP__",
          "");
      client.text("abc");
      scene.server().handler.awaitArrival("/upload");
      stop(scene);
      client.text("def");
      assertUploaded(client, 6);
      end(scene);
      scene.record(
          "09k",
          "h2c Upgrade with content, which Jetty does not upgrade",
          "its answer over HTTP/1.1 with `Connection: close`, FIN",
          "its own time");
    }
  }

  @Test
  void upgradeToHttp2DuringTheStop_isServedAndDrained() throws Exception {
    try (Scene scene = Scene.open(DrainPolicy.DEFAULT.withPingTimeout(200).withLinger(10_000));
        Http1Client client = new Http1Client(scene.server().clear)) {
      client.get("/");
      client.readHead();
      assertEquals("answer to /", client.read(11));
      // Before that, Jetty closes once the answer is through.
      Eventually.await("server waits for a request", () -> isIdle(scene.server().clear));
      stop(scene);
      upgradeToHttp2(client, "/late");
      assertTrue(client.readHead().startsWith("HTTP/1.1 101"));
      String answer = client.readAll();
      assertTrue(answer.contains("answer to /late"), answer);
      List<String> frames = LateClient.frames(answer.getBytes(StandardCharsets.ISO_8859_1));
      assertEquals("SETTINGS", frames.get(0));
      assertTrue(frames.contains("GOAWAY 2147483647"), frames::toString);
      assertEquals("GOAWAY 1", frames.get(frames.size() - 1));
      end(scene);
      assertEquals(2, scene.server().report().completed());
      scene.record(
          "09l",
          "h2c Upgrade on an idle HTTP/1.1 connection during the stop",
          "101, its answer over HTTP/2, GOAWAY, FIN",
          "`pingTimeout` (200), for its PINGs are not answered");
    }
  }

  @Test
  void pipelinedRequests_areAnsweredOrNotRun() throws Exception {
    try (Scene scene = Scene.open(DrainPolicy.DEFAULT);
        Http1Client client = new Http1Client(scene.server().clear)) {
      client.get("/first");
      client.get("/hold/busy");
      // More than the server's buffer holds: what it leaves unread would turn its close into a
      // reset.
      for (int i = 0; i < 3000; i++) {
        client.get("/behind");
      }
      scene.server().handler.awaitArrival("/hold/busy");
      stop(scene);
      scene.server().handler.release("/hold/busy");
      String answers = client.readAll();
      assertEquals(3, answers.split("HTTP/1.1 200 OK", -1).length, answers);
      assertTrue(answers.contains("answer to /first"), answers);
      assertTrue(answers.endsWith("answer to /hold/busy"), answers);
      assertTrue(answers.contains("Connection: close"), answers);
      assertFalse(scene.server().handler.hasRun("/behind"));
      end(scene);
      scene.record(
          "11a",
          "HTTP/1.1: 3000 requests pipelined behind one in flight",
          "its answer with `Connection: close`, FIN; none of those behind was run",
          "its own time");
    }
  }

  @Test
  void continueDuringTheStop_isSentAndTheRequestFinishes() throws Exception {
    DrainedServer server = new DrainedServer(DrainPolicy.DEFAULT);
    server.pauseBefore("/upload");
    try (Scene scene = Scene.open(server);
        Http1Client client = new Http1Client(server.clear)) {
      expectContinue(client);
      server.handler.awaitArrival("/upload");
      stop(scene);
      server.handler.release("/upload");
      assertEquals("HTTP/1.1 100 Continue\r\n\r\n", client.readHead());
      client.text("abc");
      assertUploaded(client, 3);
      end(scene);
      scene.record(
          "11b",
          "HTTP/1.1: `Expect: 100-continue`, not yet answered",
          "100, its answer with `Connection: close`, FIN",
          "its own time");
    }
  }

  @Test
  void uploadThatPausesAfterItsContinue_isNotTakenForIdle() throws Exception {
    try (Scene scene = Scene.open(DrainPolicy.DEFAULT.withLinger(100));
        Http1Client client = new Http1Client(scene.server().clear)) {
      expectContinue(client);
      client.readHead();
      stop(scene);
      scene.releaseWitness();
      // Several sweeps pass while nothing moves.
      assertThrows(TimeoutException.class, () -> scene.awaitStopped(500));
      client.text("abc");
      assertUploaded(client, 3);
      scene.awaitStopped();
    }
  }

  @Test
  void chunkedUploadInFlight_finishes() throws Exception {
    try (Scene scene = Scene.open(DrainPolicy.DEFAULT);
        Http1Client client = new Http1Client(scene.server().clear)) {
      client.lines("POST /upload HTTP/1.1", "Host: a", "Transfer-Encoding: chunked", "");
      client.lines("3", "abc");
      scene.server().handler.awaitArrival("/upload");
      stop(scene);
      client.lines("4", "defg", "0", "");
      assertUploaded(client, 7);
      end(scene);
      scene.record(
          "11c",
          "HTTP/1.1: a chunked upload in flight",
          "its answer with `Connection: close`, FIN",
          "its own time");
    }
  }

  @Test
  void webSocket_echoesUntilTheRequestsAreDoneAndIsClosedWith1001() throws Exception {
    DrainedServer server = new DrainedServer(DrainPolicy.DEFAULT);
    EchoSocket.addTo(server);
    try (Scene scene = Scene.open(server);
        Http1Client client = new Http1Client(server.clear)) {
      upgradeToWebSocket(client, "/ws");
      assertTrue(client.readHead().startsWith("HTTP/1.1 101"));
      stop(scene);
      client.bytes(WebSocketFrames.text("during"));
      assertEquals(List.of("TEXT during"), frames(client.read(8)));
      end(scene);
      assertEquals(List.of("CLOSE 1001"), frames(client.readAll()));
      scene.record("11d", "HTTP/1.1: a WebSocket", "CLOSE 1001, FIN", "the requests of all others");
    }
  }

  @Test
  void webSocketThatIsSlowToOpen_isClosedWith1001() throws Exception {
    DrainedServer server = new DrainedServer(DrainPolicy.DEFAULT);
    EchoSocket.addTo(server);
    try (Scene scene = Scene.open(server);
        Http1Client client = new Http1Client(server.clear)) {
      upgradeToWebSocket(client, "/ws/slow");
      server.handler.awaitArrival("/ws/slow");
      stop(scene);
      scene.releaseWitness();
      // Jetty tells those WebSockets of the stop that are open when it begins to tell them.
      assertThrows(TimeoutException.class, () -> scene.awaitStopped(300));
      server.handler.release("/ws/slow");
      assertTrue(client.readHead().startsWith("HTTP/1.1 101"));
      assertEquals(List.of("CLOSE 1001"), frames(client.readAll()));
      scene.awaitStopped();
    }
  }

  private static void stop(Scene scene) {
    scene.stop();
    Eventually.await("connector is shut down", scene.server().clear::isShutdown);
  }

  private static void end(Scene scene) throws Exception {
    scene.releaseWitness();
    scene.awaitStopped();
  }

  private static void expectContinue(Http1Client client) throws IOException {
    client.lines(
        "POST /upload HTTP/1.1", "Host: a", "Content-Length: 3", "Expect: 100-continue", "");
  }

  private static void assertUploaded(Http1Client client, int bytes) throws IOException {
    String answer = client.readAll();
    assertTrue(answer.startsWith("HTTP/1.1 200"), answer);
    assertTrue(answer.contains("Connection: close"), answer);
    assertTrue(answer.endsWith("\r\n\r\n" + bytes), answer);
  }

  private static void upgradeToHttp2(Http1Client client, String path) throws IOException {
    client.lines(
        "GET " + path + " HTTP/1.1",
        "Host: a",
        "Connection: Upgrade, HTTP2-Settings",
        "Upgrade: h2c",
        "HTTP2-Settings: AAMAAABkAAQAAP__",
        "");
    client.lines("PRI * HTTP/2.0", "", "SM", "");
    client.bytes(new byte[] {0, 0, 0, 4, 0, 0, 0, 0, 0});
  }

  private static void upgradeToWebSocket(Http1Client client, String path) throws IOException {
    client.lines(
        "GET " + path + " HTTP/1.1",
        "Host: a",
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        "");
  }

  private static List<String> frames(String received) {
    return WebSocketFrames.of(received.getBytes(StandardCharsets.ISO_8859_1));
  }
}
