package io.http2drain.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.http2drain.DrainPolicy;
import io.http2drain.peer.Fate;
import io.http2drain.peer.FrameKind;
import io.http2drain.peer.PeerResponse;
import io.http2drain.peer.RawPeer;
import io.http2drain.rig.DrainFrames;
import io.http2drain.rig.RawFrames;
import io.http2drain.rig.RetainedHeap;
import io.http2drain.rig.Scene;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Streams that are opened after the cut, by the honest and by the hostile. */
@Timeout(value = 90, unit = TimeUnit.SECONDS)
class LateStreamTest {

  private static PeerResponse response(RawPeer peer, int stream) throws Exception {
    return peer.response(stream).get(20, TimeUnit.SECONDS);
  }

  private static long refusals(RawPeer peer) {
    return peer.frames().stream()
        .filter(frame -> frame.kind() == FrameKind.RST_STREAM && frame.errorCode() == 7)
        .count();
  }

  @Test
  void oneLateStream_isRefusedAndTheAdmittedOneAnswered() throws Exception {
    try (Scene scene = Scene.open(DrainPolicy.DEFAULT)) {
      RawPeer peer = scene.connect(scene.server().h2c());
      int good = scene.hold(peer, "/hold/good");
      scene.stop();
      scene.awaitCut(peer);
      assertEquals(7, response(peer, peer.request("GET", "/late", Map.of(), true)).errorCode());
      scene.answered(peer, good, "/hold/good");
      scene.releaseWitness();
      scene.awaitStopped();
      assertFalse(scene.server().handler.hasRun("/late"));
      assertEquals(1, scene.server().report().refused());
      scene.record("04a", "One stream after the cut", "REFUSED_STREAM", "at once");
    }
  }

  @Test
  void threeThousandLateStreamsAtOnce_areAllRefusedAndTheAdmittedOneAnswered() throws Exception {
    try (Scene scene = Scene.open(DrainPolicy.DEFAULT)) {
      RawPeer peer = scene.connect(scene.server().h2c());
      int good = scene.hold(peer, "/hold/good");
      scene.stop();
      scene.awaitCut(peer);
      int[] late = new int[3000];
      for (int i = 0; i < late.length; i++) {
        late[i] = peer.request("GET", "/late", Map.of(), true);
      }
      for (int stream : late) {
        assertEquals(Fate.REFUSED, response(peer, stream).fate());
      }
      assertEquals(3000, refusals(peer));
      scene.answered(peer, good, "/hold/good");
      scene.releaseWitness();
      scene.awaitStopped();
      assertFalse(scene.server().handler.hasRun("/late"));
      assertEquals(3000, scene.server().report().refused());
      scene.record(
          "04b", "3000 streams at once after the cut", "REFUSED_STREAM for each", "at once");
    }
  }

  @Test
  void lateUploadsOfOneMegabyteThatIgnoreTheirRefusal_areCreditedAndTheAdmittedUploadGoesOn()
      throws Exception {
    try (Scene scene = Scene.open(DrainPolicy.DEFAULT)) {
      RawPeer peer = scene.connect(scene.server().h2c());
      int good = peer.request("POST", "/upload", Map.of(), false);
      scene.server().handler.awaitArrival("/upload");
      scene.stop();
      scene.awaitCut(peer);
      long sent = 0;
      for (int i = 0; i < 20; i++) {
        int late = peer.request("POST", "/late", Map.of(), false);
        // In order on the wire, as far as the windows go, which a refused stream has, too.
        for (int quarter = 0; quarter < 4; quarter++) {
          awaitCredit(peer, 0, 65_535, sent + 256 * 1024);
          awaitCredit(peer, late, 512 * 1024, 256L * 1024 * (quarter + 1));
          for (int frame = 0; frame < 256; frame++) {
            peer.data(late, new byte[1024], false);
          }
          sent += 256 * 1024;
        }
        assertEquals(Fate.REFUSED, response(peer, late).fate());
      }
      peer.upload(good, 2_000_000L, 10_000);
      assertEquals("2000000", response(peer, good).text());
      scene.answered();
      scene.releaseWitness();
      scene.awaitStopped();
      assertFalse(scene.server().handler.hasRun("/late"));
      scene.record(
          "04c",
          "20 uploads of 1 MB in 1 KB frames after the cut, which go on though refused",
          "REFUSED_STREAM, credit",
          "at once");
    }
  }

  /** Waits until the server has granted so many bytes on a stream, or on the session. */
  private static void awaitCredit(RawPeer peer, int streamId, long initial, long wanted) {
    AtomicLong granted = new AtomicLong(initial);
    if (initial < wanted) {
      peer.await(
          frame ->
              frame.kind() == FrameKind.WINDOW_UPDATE
                  && frame.streamId() == streamId
                  && granted.addAndGet(frame.payload()) >= wanted,
          Scene.LIMIT);
    }
  }

  @Test
  void floodPastTheAllowance_endsTheSessionOnceItsAdmittedStreamIsAnswered() throws Exception {
    try (Scene scene = Scene.open(DrainPolicy.DEFAULT)) {
      RawPeer peer = scene.connect(scene.server().h2c());
      int good = scene.hold(peer, "/hold/good");
      scene.stop();
      scene.awaitCut(peer);
      assertEquals(7, response(peer, peer.request("GET", "/late", Map.of(), true)).errorCode());
      long before = RetainedHeap.bytes();
      // 2^20 is allowed. These frames cost no window, and no answer.
      RawFrames tenThousand = new RawFrames();
      for (int i = 0; i < 10_000; i++) {
        tenThousand.windowUpdate(3, 1);
      }
      for (int i = 0; i < 106; i++) {
        peer.raw(tenThousand.bytes());
        peer.flushed().get(20, TimeUnit.SECONDS);
      }
      scene.awaitRead(peer, 42);
      long grown = RetainedHeap.bytes() - before;
      assertTrue(grown < 8_000_000, () -> "heap grew by " + grown);
      // No more answers; but the admitted stream is served.
      peer.request("GET", "/late", Map.of(), true);
      scene.awaitRead(peer, 43);
      assertEquals(1, refusals(peer));
      scene.answered(peer, good, "/hold/good");
      peer.await(FrameKind.FIN, Scene.LIMIT);
      scene.releaseWitness();
      scene.awaitStopped();
      List<String> frames = DrainFrames.of(peer);
      assertEquals(
          List.of("HEADERS 1", "GOAWAY 1 11", "FIN"),
          frames.subList(frames.size() - 3, frames.size()));
      scene.record(
          "04d",
          "1,060,000 frames on a refused stream (2^20 are allowed)",
          "the answer of its admitted stream, then GOAWAY(ENHANCE_YOUR_CALM), FIN",
          "at once");
    }
  }
}
