package io.http2drain.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.http2drain.DrainPolicy;
import io.http2drain.peer.Fate;
import io.http2drain.peer.FrameKind;
import io.http2drain.peer.PeerResponse;
import io.http2drain.peer.RawPeer;
import io.http2drain.rig.DrainFrames;
import io.http2drain.rig.DrainedServer;
import io.http2drain.rig.EchoSocket;
import io.http2drain.rig.Scene;
import io.http2drain.rig.WebSocketFrames;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.server.handler.ConnectHandler;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Streams that are tunnels: WebSockets (RFC 8441) and plain CONNECT (RFC 9113 section 8.5). */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class TunnelTest {

  @Test
  void webSocket_echoesUntilTheRequestsAreDoneAndIsClosedWith1001() throws Exception {
    DrainedServer server = new DrainedServer(DrainPolicy.DEFAULT);
    EchoSocket.addTo(server);
    try (Scene scene = Scene.open(server)) {
      RawPeer peer = scene.connect(server.h2c());
      int tunnel = openWebSocket(peer);
      int good = scene.hold(peer, "/hold/good");
      scene.stop();
      scene.awaitCut(peer);
      peer.data(tunnel, WebSocketFrames.text("after the cut"), false);
      awaitData(peer, tunnel);
      int late = webSocket(peer, "/ws");
      assertEquals(Fate.REFUSED, response(peer, late).fate());
      scene.answered(peer, good, "/hold/good");
      scene.releaseWitness();
      // The peer leaves the close unanswered, and holds nobody by that.
      peer.await(FrameKind.FIN, Scene.LIMIT);
      scene.awaitStopped();
      assertEquals(Fate.OK, response(peer, tunnel).fate());
      assertEquals(List.of("TEXT after the cut", "CLOSE 1001"), frames(peer, tunnel));
      assertEquals(
          List.of(
              "HEADERS 1",
              "GOAWAY 2147483647 0",
              "PING",
              "PING",
              "GOAWAY 3 0",
              "RST_STREAM 5 7",
              "HEADERS 3",
              "PING",
              "FIN"),
          DrainFrames.of(peer));
      scene.record(
          "09a",
          "WebSocket over HTTP/2 whose client does not answer the close",
          "CLOSE 1001, END_STREAM, FIN",
          "the requests of all others");
    }
  }

  @Test
  void webSocketThatCannotBeTold_isCancelledAtTheDeadline() throws Exception {
    DrainedServer server = new DrainedServer(DrainPolicy.DEFAULT.withTimeout(1000));
    EchoSocket.addTo(server);
    try (Scene scene = Scene.open(server)) {
      // No window: the close cannot be sent.
      RawPeer peer = scene.connect(server.h2c().withSettings(Map.of(0x4, 0L)));
      int tunnel = openWebSocket(peer);
      scene.stop();
      scene.awaitCut(peer);
      scene.releaseWitness();
      scene.awaitStopped();
      assertCancelled(peer, tunnel);
      scene.record(
          "09b",
          "WebSocket over HTTP/2 whose client gives no window for the close",
          "RST_STREAM(CANCEL), GOAWAY, FIN",
          "`drain.timeout` (1000)");
    }
  }

  @Test
  void connectTunnel_carriesBytesUntilItsClientEndsIt() throws Exception {
    DrainedServer server = new DrainedServer(DrainPolicy.DEFAULT);
    server.wrapHandler(new ConnectHandler());
    try (ServerSocket target = echoServer();
        Scene scene = Scene.open(server)) {
      RawPeer peer = scene.connect(server.h2c());
      int tunnel = openConnect(peer, target);
      scene.stop();
      scene.awaitCut(peer);
      scene.releaseWitness();
      peer.data(tunnel, new byte[100], false);
      awaitData(peer, tunnel);
      peer.data(tunnel, new byte[50], true);
      peer.await(FrameKind.FIN, Scene.LIMIT);
      scene.awaitStopped();
      assertEquals(Fate.OK, response(peer, tunnel).fate());
      assertEquals(150, response(peer, tunnel).bytes());
      assertEquals(
          List.of("HEADERS 1", "GOAWAY 2147483647 0", "PING", "PING", "GOAWAY 1 0", "PING", "FIN"),
          DrainFrames.of(peer));
      scene.record("09c", "CONNECT tunnel, ended by its client", "all bytes, FIN", "its own time");
    }
  }

  @Test
  void connectTunnelThatNobodyEnds_isCancelledAtTheDeadline() throws Exception {
    DrainedServer server = new DrainedServer(DrainPolicy.DEFAULT.withTimeout(1000));
    server.wrapHandler(new ConnectHandler());
    try (ServerSocket target = echoServer();
        Scene scene = Scene.open(server)) {
      RawPeer peer = scene.connect(server.h2c());
      int tunnel = openConnect(peer, target);
      scene.stop();
      scene.awaitCut(peer);
      scene.releaseWitness();
      scene.awaitStopped();
      assertCancelled(peer, tunnel);
      scene.record(
          "09d",
          "CONNECT tunnel that nobody ends",
          "RST_STREAM(CANCEL), GOAWAY, FIN",
          "`drain.timeout` (1000)");
    }
  }

  @Test
  void webSocketThatIsSlowToOpen_isClosedWith1001() throws Exception {
    DrainedServer server = new DrainedServer(DrainPolicy.DEFAULT);
    EchoSocket.addTo(server);
    try (Scene scene = Scene.open(server)) {
      RawPeer peer = scene.connect(server.h2c());
      int tunnel = webSocket(peer, "/ws/slow");
      server.handler.awaitArrival("/ws/slow");
      scene.stop();
      scene.awaitCut(peer);
      scene.releaseWitness();
      // Jetty tells those WebSockets of the stop that are open when it begins to tell them.
      assertThrows(TimeoutException.class, () -> scene.awaitStopped(300));
      server.handler.release("/ws/slow");
      peer.await(FrameKind.FIN, Scene.LIMIT);
      scene.awaitStopped();
      assertEquals(List.of("CLOSE 1001"), frames(peer, tunnel));
    }
  }

  @Test
  void webSocketWhoseClientAnswersTheClose_leavesNothingBehind() throws Exception {
    DrainedServer server = new DrainedServer(DrainPolicy.DEFAULT);
    EchoSocket.addTo(server);
    try (Scene scene = Scene.open(server)) {
      RawPeer peer = scene.connect(server.h2c().withAckPing(false));
      int tunnel = openWebSocket(peer);
      scene.stop();
      scene.ackPing(peer, 1);
      scene.ackPing(peer, 2);
      scene.releaseWitness();
      assertEquals(Fate.OK, response(peer, tunnel).fate());
      peer.data(tunnel, WebSocketFrames.close(1001), true);
      scene.ackPing(peer, 3);
      peer.await(FrameKind.FIN, Scene.LIMIT);
      scene.awaitStopped();
      assertEquals(List.of("CLOSE 1001"), frames(peer, tunnel));
      // The end of the scene looks for buffers that leaked.
    }
  }

  @Test
  void webSocketThatTheServerEndedBefore_isNotCutAtTheDeadline() throws Exception {
    DrainedServer server = new DrainedServer(DrainPolicy.DEFAULT.withTimeout(1000));
    EchoSocket.addTo(server);
    try (Scene scene = Scene.open(server)) {
      RawPeer peer = scene.connect(server.h2c());
      int tunnel = openWebSocket(peer);
      peer.data(tunnel, WebSocketFrames.text("close"), false);
      assertEquals(Fate.OK, response(peer, tunnel).fate());
      int held = scene.hold(peer, "/hold/long");
      scene.stop();
      scene.awaitCut(peer);
      scene.releaseWitness();
      scene.awaitStopped();
      assertCancelled(peer, held);
      assertEquals(1, server.report().cut());
    }
  }

  @Test
  void whatAClientSendsOnAWebSocketThatTheServerEnded_isDiscarded() throws Exception {
    DrainedServer server = new DrainedServer(DrainPolicy.DEFAULT);
    EchoSocket.addTo(server);
    try (Scene scene = Scene.open(server)) {
      RawPeer peer = scene.connect(server.h2c());
      int tunnel = openWebSocket(peer);
      peer.data(tunnel, WebSocketFrames.text("close"), false);
      assertEquals(Fate.OK, response(peer, tunnel).fate());
      peer.data(tunnel, WebSocketFrames.text("late"), false);
      peer.data(tunnel, WebSocketFrames.close(1001), true);
      scene.awaitRead(peer, 99);
      scene.stop();
      scene.releaseWitness();
      peer.await(FrameKind.FIN, Scene.LIMIT);
      scene.awaitStopped();
      // The end of the scene looks for buffers that were kept.
    }
  }

  private static int webSocket(RawPeer peer, String path) {
    return peer.request(
        "CONNECT", path, Map.of(":protocol", "websocket", "sec-websocket-version", "13"), false);
  }

  private static int openWebSocket(RawPeer peer) {
    int stream = webSocket(peer, "/ws");
    peer.await(frame -> frame.kind() == FrameKind.HEADERS && frame.status() == 200, Scene.LIMIT);
    return stream;
  }

  private static int openConnect(RawPeer peer, ServerSocket target) {
    String authority = "127.0.0.1:" + target.getLocalPort();
    int stream = peer.request("CONNECT", "", Map.of(":authority", authority), false);
    peer.await(frame -> frame.kind() == FrameKind.HEADERS && frame.status() == 200, Scene.LIMIT);
    return stream;
  }

  private static ServerSocket echoServer() throws IOException {
    ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    Thread thread =
        new Thread(
            () -> {
              try (Socket client = server.accept()) {
                client.getInputStream().transferTo(client.getOutputStream());
              } catch (IOException x) {
                throw new UncheckedIOException(x);
              }
            },
            "echo");
    thread.setDaemon(true);
    thread.start();
    return server;
  }

  private static void awaitData(RawPeer peer, int stream) {
    peer.await(frame -> frame.kind() == FrameKind.DATA && frame.streamId() == stream, Scene.LIMIT);
  }

  private static PeerResponse response(RawPeer peer, int stream) throws Exception {
    return peer.response(stream).get(20, TimeUnit.SECONDS);
  }

  private static List<String> frames(RawPeer peer, int stream) throws Exception {
    return WebSocketFrames.of(response(peer, stream).body().kept());
  }

  /** Only this stream, with CANCEL, and right before the last GOAWAY and the FIN. */
  private static void assertCancelled(RawPeer peer, int stream) {
    peer.await(FrameKind.FIN, Scene.LIMIT);
    List<String> frames = DrainFrames.of(peer);
    String last = peer.lastGoAway() + " 0";
    assertEquals(
        List.of("GOAWAY " + last, "RST_STREAM " + stream + " 8", "GOAWAY " + last, "FIN"),
        frames.subList(frames.size() - 4, frames.size()));
  }
}
