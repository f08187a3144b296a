package io.http2drain.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.http2drain.DrainPolicy;
import io.http2drain.peer.FrameKind;
import io.http2drain.peer.RawPeer;
import io.http2drain.rig.DrainFrames;
import io.http2drain.rig.Scene;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A peer's errors are answered during a drain as RFC 9113 section 5.4 has it. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ErrorDuringDrainTest {

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "PING on a stream, 000008 06 00 00000003 0000000000000000, 1",
    "WINDOW_UPDATE over 2^31-1, 000004 08 00 00000000 7fffffff, 3",
    "SETTINGS of three bytes, 000003 04 00 00000000 000000, 6",
    "HEADERS with a bad Huffman code, 000004 01 05 00000003 4182ffff, 9",
  })
  void connectionErrorAfterTheCut_isAnsweredWithItsCode(String name, String frame, long code)
      throws Exception {
    try (Scene scene = Scene.open(DrainPolicy.DEFAULT)) {
      RawPeer peer = scene.connect(scene.server().h2c());
      scene.hold(peer, "/hold/a");
      scene.stop();
      scene.awaitCut(peer);
      peer.raw(HexFormat.of().parseHex(frame.replace(" ", "")));
      peer.await(FrameKind.FIN, Scene.LIMIT);
      assertEquals(
          List.of(
              "GOAWAY 2147483647 0",
              "PING",
              "PING",
              "GOAWAY 1 0",
              "RST_STREAM 1 " + code,
              "GOAWAY 1 " + code,
              "FIN"),
          DrainFrames.of(peer),
          name);
      scene.releaseWitness();
      scene.awaitStopped();
    }
  }
}
