package io.http2drain.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.http2drain.DrainPolicy;
import io.http2drain.peer.Fate;
import io.http2drain.peer.FrameKind;
import io.http2drain.peer.RawPeer;
import io.http2drain.rig.DrainFrames;
import io.http2drain.rig.DrainedServer;
import io.http2drain.rig.Scene;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Answers that the server pushes (RFC 9113 section 8.4): on streams of its own, which no
 * last-stream-id counts.
 */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class PushTest {

  private static final int PUSHED = 2;
  private static final String PUSHED_PATH = "/hold/pushed";

  /** Answers {@code /push} at once, {@code /push/late} when released, and pushes another path. */
  private static DrainedServer pushingServer(DrainPolicy policy) {
    DrainedServer server = new DrainedServer(policy);
    server.wrapHandler(
        new Handler.Wrapper() {
          @Override
          public boolean handle(Request request, Response response, Callback callback)
              throws Exception {
            String path = Request.getPathInContext(request);
            if (!path.startsWith("/push")) {
              return super.handle(request, response, callback);
            }
            if (path.equals("/push/late")) {
              server.handler.pause(path);
            }
            HttpURI pushed = HttpURI.build(request.getHttpURI()).path(PUSHED_PATH);
            request.push(new MetaData.Request("GET", pushed, HttpVersion.HTTP_2, HttpFields.EMPTY));
            response.write(true, BufferUtil.toBuffer("parent"), callback);
            return true;
          }
        });
    return server;
  }

  private static RawPeer connect(Scene scene) throws Exception {
    return scene.connect(scene.server().h2c().withSettings(Map.of(0x2, 1L))); // ENABLE_PUSH
  }

  /** Waits for the answer to the parent, and until the pushed request runs. */
  private static void awaitPush(Scene scene, RawPeer peer, int parent) throws Exception {
    assertEquals(Fate.OK, peer.response(parent).get(20, TimeUnit.SECONDS).fate());
    scene.answered();
    scene.server().handler.awaitArrival(PUSHED_PATH);
  }

  /** The session still reads and writes when the cut is past, and the pushed answer is complete. */
  private static void assertPushedBeforeTheFin(Scene scene, RawPeer peer) throws Exception {
    scene.awaitRead(peer, 99);
    scene.answered(peer, PUSHED, PUSHED_PATH);
    peer.await(FrameKind.FIN, Scene.LIMIT);
  }

  @Test
  void pushedAnswerInFlight_isDeliveredBeforeTheFin() throws Exception {
    try (Scene scene = Scene.open(pushingServer(DrainPolicy.DEFAULT))) {
      RawPeer peer = connect(scene);
      awaitPush(scene, peer, peer.request("GET", "/push", Map.of(), true));
      scene.stop();
      assertEquals(1, scene.awaitCut(peer).lastStreamId());
      assertPushedBeforeTheFin(scene, peer);
      scene.releaseWitness();
      scene.awaitStopped();
      scene.record(
          "09m",
          "A pushed answer in flight, its parent done",
          "the pushed answer in full, FIN",
          "its own time");
    }
  }

  @Test
  void answerPushedAfterTheCut_isDeliveredBeforeTheFin() throws Exception {
    try (Scene scene = Scene.open(pushingServer(DrainPolicy.DEFAULT))) {
      RawPeer peer = connect(scene);
      int parent = peer.request("GET", "/push/late", Map.of(), true);
      scene.server().handler.awaitArrival("/push/late");
      scene.stop();
      assertEquals(1, scene.awaitCut(peer).lastStreamId());
      scene.server().handler.release("/push/late");
      awaitPush(scene, peer, parent);
      assertPushedBeforeTheFin(scene, peer);
      scene.releaseWitness();
      scene.awaitStopped();
    }
  }

  @Test
  void pushThatTheClientResets_doesNotHoldTheStop() throws Exception {
    try (Scene scene = Scene.open(pushingServer(DrainPolicy.DEFAULT))) {
      RawPeer peer = connect(scene);
      awaitPush(scene, peer, peer.request("GET", "/push", Map.of(), true));
      scene.stop();
      scene.awaitCut(peer);
      peer.reset(PUSHED, 8); // CANCEL
      peer.await(FrameKind.FIN, Scene.LIMIT);
      scene.releaseWitness();
      scene.awaitStopped();
    }
  }

  @Test
  void pushedAnswerThatNeverEnds_isCancelledAtTheDeadline() throws Exception {
    DrainedServer server = pushingServer(DrainPolicy.DEFAULT.withTimeout(2000));
    try (Scene scene = Scene.open(server)) {
      RawPeer peer = connect(scene);
      awaitPush(scene, peer, peer.request("GET", "/push", Map.of(), true));
      scene.stop();
      scene.awaitCut(peer);
      scene.releaseWitness();
      scene.awaitStopped();
      peer.await(FrameKind.FIN, Scene.LIMIT);
      List<String> frames = DrainFrames.of(peer);
      assertEquals(
          List.of("GOAWAY 1 0", "RST_STREAM 2 8", "GOAWAY 1 0", "FIN"),
          frames.subList(frames.size() - 4, frames.size()));
      assertEquals(1, server.report().cut());
    }
  }
}
