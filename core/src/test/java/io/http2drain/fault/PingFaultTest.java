package io.http2drain.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.http2drain.DrainPolicy;
import io.http2drain.peer.FrameKind;
import io.http2drain.peer.RawPeer;
import io.http2drain.rig.DrainFrames;
import io.http2drain.rig.Scene;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Peers that answer the drain's PINGs badly. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class PingFaultTest {

  @Test
  void pingNeverAcknowledged_isCutAfterThePingTimeout() throws Exception {
    try (Scene scene = Scene.open(DrainPolicy.DEFAULT.withPingTimeout(200))) {
      RawPeer peer = scene.connect(scene.server().h2c().withAckPing(false));
      int good = scene.hold(peer, "/hold/good");
      scene.stop();
      scene.awaitCut(peer);
      scene.answered(peer, good, "/hold/good");
      scene.releaseWitness();
      peer.await(FrameKind.FIN, Scene.LIMIT);
      scene.awaitStopped();
      assertEquals(
          List.of("GOAWAY 2147483647 0", "PING", "GOAWAY 1 0", "HEADERS 1", "FIN"),
          DrainFrames.of(peer));
      scene.record(
          "01a", "PING never acknowledged", "cut after `pingTimeout`, FIN", "`pingTimeout` (200)");
    }
  }
}
