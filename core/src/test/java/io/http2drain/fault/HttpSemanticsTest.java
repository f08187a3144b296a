package io.http2drain.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.http2drain.DrainPolicy;
import io.http2drain.peer.Fate;
import io.http2drain.peer.FrameKind;
import io.http2drain.peer.PeerResponse;
import io.http2drain.peer.RawPeer;
import io.http2drain.peer.ReceivedFrame;
import io.http2drain.rig.DrainedServer;
import io.http2drain.rig.Eventually;
import io.http2drain.rig.Scene;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What HTTP has beyond a request and its answer, begun before the cut and finished after it. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class HttpSemanticsTest {

  /**
   * An exchange in two halves. The server's part is a path of its own, below which the name of the
   * stream stands.
   */
  private enum Exchange {
    TRAILERS("09e", "trailers in request and answer", "HEADERS 200; DATA 6; HEADERS trailers end") {
      @Override
      int begin(RawPeer peer, String path) {
        int stream = peer.request("POST", path, Map.of(), false);
        peer.data(stream, bytes("abc"), false);
        return stream;
      }

      @Override
      void serve(Request request, Response response, Callback callback, Pause pause)
          throws Exception {
        pause.untilReleased();
        String content = Content.Source.asString(request);
        String sum = request.getTrailers().get("x-sum");
        HttpFields trailers = HttpFields.build().put("x-sum", sum);
        response.setTrailersSupplier(() -> trailers);
        response.write(true, BufferUtil.toBuffer(content), callback);
      }

      @Override
      PeerResponse finish(RawPeer peer, int stream) throws Exception {
        peer.data(stream, bytes("def"), false);
        peer.trailers(stream, Map.of("x-sum", "6"));
        PeerResponse response = response(peer, stream);
        assertEquals("abcdef", response.text());
        assertEquals(Map.of("x-sum", "6"), response.trailers());
        return response;
      }
    },

    CONTINUE("09f", "100 (Continue)", "HEADERS 100; HEADERS 200; DATA 3 end") {
      @Override
      int begin(RawPeer peer, String path) {
        return peer.request("POST", path, Map.of("expect", "100-continue"), false);
      }

      @Override
      void serve(Request request, Response response, Callback callback, Pause pause)
          throws Exception {
        pause.untilReleased();
        String content = Content.Source.asString(request);
        response.write(true, BufferUtil.toBuffer(content), callback);
      }

      @Override
      PeerResponse finish(RawPeer peer, int stream) throws Exception {
        peer.await(frame -> frame.streamId() == stream && frame.status() == 100, Scene.LIMIT);
        peer.data(stream, bytes("abc"), true);
        return response(peer, stream);
      }
    },

    EARLY_HINTS("09g", "103 (Early Hints)", "HEADERS 103; HEADERS 103; HEADERS 200; DATA 5 end") {
      @Override
      int begin(RawPeer peer, String path) {
        int stream = peer.request("GET", path, Map.of(), true);
        peer.await(frame -> frame.streamId() == stream && frame.status() == 103, Scene.LIMIT);
        return stream;
      }

      @Override
      void serve(Request request, Response response, Callback callback, Pause pause)
          throws Exception {
        HttpFields hints = HttpFields.build().put("link", "</style.css>");
        response.writeInterim(103, hints).get(20, TimeUnit.SECONDS);
        pause.untilReleased();
        response.writeInterim(103, hints).get(20, TimeUnit.SECONDS);
        response.write(true, BufferUtil.toBuffer("hello"), callback);
      }
    },

    HEAD("09h", "HEAD", "HEADERS 200 end") {
      @Override
      int begin(RawPeer peer, String path) {
        return peer.request("HEAD", path, Map.of(), true);
      }

      @Override
      void serve(Request request, Response response, Callback callback, Pause pause)
          throws Exception {
        pause.untilReleased();
        response.write(true, BufferUtil.toBuffer("hello"), callback);
      }
    },

    READ_ON("09i", "answer complete, the upload read on", "HEADERS 200; DATA 6 end") {
      @Override
      int begin(RawPeer peer, String path) {
        int stream = peer.request("POST", path, Map.of(), false);
        peer.await(frame -> frame.streamId() == stream && frame.endStream(), Scene.LIMIT);
        return stream;
      }

      @Override
      void serve(Request request, Response response, Callback callback, Pause pause)
          throws Exception {
        response.write(true, BufferUtil.toBuffer("enough"), Callback.NOOP);
        pause.untilReleased();
        Content.Source.consumeAll(request, callback);
      }

      @Override
      PeerResponse finish(RawPeer peer, int stream) throws Exception {
        peer.data(stream, bytes("abc"), true);
        return response(peer, stream);
      }
    },

    // RFC 9113 section 8.1 has NO_ERROR for this; Jetty sends CANCEL, with a drain or without.
    EARLY_ANSWER(
        "09j", "answer complete, the upload not read", "HEADERS 200; DATA 6 end; RST_STREAM 8") {
      @Override
      int begin(RawPeer peer, String path) {
        int stream = peer.request("POST", path, Map.of(), false);
        peer.data(stream, bytes("abc"), false);
        return stream;
      }

      @Override
      void serve(Request request, Response response, Callback callback, Pause pause)
          throws Exception {
        pause.untilReleased();
        response.write(true, BufferUtil.toBuffer("enough"), callback);
      }

      @Override
      PeerResponse finish(RawPeer peer, int stream) throws Exception {
        peer.await(
            frame -> frame.streamId() == stream && frame.kind() == FrameKind.RST_STREAM,
            Scene.LIMIT);
        // The rest was on its way.
        peer.data(stream, new byte[10_000], true);
        return response(peer, stream);
      }
    };

    private final String id;
    private final String what;
    private final String frames;

    Exchange(String id, String what, String frames) {
      this.id = id;
      this.what = what;
      this.frames = frames;
    }

    /** Sends what comes before the server pauses. */
    abstract int begin(RawPeer peer, String path);

    abstract void serve(Request request, Response response, Callback callback, Pause pause)
        throws Exception;

    /** Sends the rest, once the server goes on. */
    PeerResponse finish(RawPeer peer, int stream) throws Exception {
      return response(peer, stream);
    }

    String path(String name) {
      return "/" + name() + "/" + name;
    }
  }

  private interface Pause {
    void untilReleased() throws InterruptedException;
  }

  private static final class Server extends Handler.Wrapper {

    private final DrainedServer server;

    private Server(DrainedServer server) {
      this.server = server;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
      String path = Request.getPathInContext(request);
      for (Exchange exchange : Exchange.values()) {
        if (path.startsWith(exchange.path(""))) {
          exchange.serve(request, response, callback, () -> server.handler.pause(path));
          return true;
        }
      }
      return super.handle(request, response, callback);
    }
  }

  @ParameterizedTest
  @EnumSource
  void exchangeAcrossTheCut_isAsWithoutADrain(Exchange exchange) throws Exception {
    DrainedServer server = new DrainedServer(DrainPolicy.DEFAULT.withPingTimeout(20_000));
    server.wrapHandler(new Server(server));
    try (Scene scene = Scene.open(server)) {
      RawPeer peer = scene.connect(server.h2c().withAckPing(false));
      int idle = begin(scene, peer, exchange, "idle");
      finish(scene, peer, exchange, "idle", idle);
      Eventually.await("only the witness", () -> server.drain.getStreamsInFlight() == 1);

      int before = begin(scene, peer, exchange, "before");
      scene.stop();
      peer.await(FrameKind.PING, Scene.LIMIT);
      int announced = begin(scene, peer, exchange, "announced");
      scene.ackPing(peer, 1);
      scene.ackPing(peer, 2);
      assertEquals(announced, scene.awaitCut(peer).lastStreamId());
      finish(scene, peer, exchange, "before", before);
      finish(scene, peer, exchange, "announced", announced);
      scene.ackPing(peer, 3);
      peer.await(FrameKind.FIN, Scene.LIMIT);
      scene.releaseWitness();
      scene.awaitStopped();
      assertEquals(3, server.report().completed());
      scene.record(
          exchange.id,
          "Across the cut: " + exchange.what,
          "the same frames as when nothing drains, FIN",
          "its own time");
    }
  }

  private static int begin(Scene scene, RawPeer peer, Exchange exchange, String name)
      throws Exception {
    String path = exchange.path(name);
    int stream = exchange.begin(peer, path);
    scene.server().handler.awaitArrival(path);
    return stream;
  }

  private static void finish(Scene scene, RawPeer peer, Exchange exchange, String name, int stream)
      throws Exception {
    scene.server().handler.release(exchange.path(name));
    assertEquals(Fate.OK, exchange.finish(peer, stream).fate());
    assertEquals(exchange.frames, framesOf(peer, stream));
    scene.answered();
  }

  private static PeerResponse response(RawPeer peer, int stream) throws Exception {
    return peer.response(stream).get(20, TimeUnit.SECONDS);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** What the server sent on a stream, but for its credit. */
  private static String framesOf(RawPeer peer, int stream) {
    List<String> frames = new ArrayList<>();
    for (ReceivedFrame frame : peer.frames()) {
      if (frame.streamId() == stream) {
        String end = frame.endStream() ? " end" : "";
        switch (frame.kind()) {
          case HEADERS ->
              frames.add("HEADERS " + (frame.status() > 0 ? frame.status() : "trailers") + end);
          case DATA -> frames.add("DATA " + frame.length() + end);
          case RST_STREAM -> frames.add("RST_STREAM " + frame.errorCode());
          default -> {}
        }
      }
    }
    return String.join("; ", frames);
  }
}
