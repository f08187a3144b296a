package io.http2drain.stop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.http2drain.home.JettyBase;
import io.http2drain.home.JettyProcess;
import io.http2drain.peer.Fate;
import io.http2drain.peer.PeerOptions;
import io.http2drain.peer.PeerResponse;
import io.http2drain.peer.RawPeer;
import java.io.IOException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is under way when the server is stopped arrives byte for byte. */
@Timeout(90)
class ByteExactIT {

  private static final Duration LIMIT = Duration.ofSeconds(30);

  private static JettyBase base;

  @BeforeAll
  static void base(@TempDir Path directory) throws IOException, InterruptedException {
    base =
        JettyBase.recipe()
            .modules(JettyBase.ALL_PROTOCOLS)
            .drain()
            .create(directory.resolve("base"));
  }

  private static PeerOptions options(JettyProcess jetty, boolean tls) {
    int port = jetty.target(tls).port();
    return tls ? PeerOptions.h2(port) : PeerOptions.h2c(port);
  }

  private static Map<String, String> id(String id) {
    return Map.of("x-request-id", id);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void upload_arrivesByteForByte(boolean tls) throws Exception {
    byte[] content = new byte[2_000_000];
    new Random(42).nextBytes(content);
    String sha256 = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    try (JettyProcess jetty = JettyProcess.start(base);
        RawPeer peer =
            RawPeer.connect(options(jetty, tls).withAddedRoundTrip(Duration.ofMillis(50)))) {
      int stream = peer.request("POST", "/upload", id("upload"), false);
      peer.upload(stream, content, 10_000);
      jetty.journal().awaitEntries("upload", 1, LIMIT);
      jetty.terminate();
      PeerResponse response = peer.response(stream).get(60, TimeUnit.SECONDS);
      assertEquals(Fate.OK, response.fate());
      assertTrue(response.text().contains("\"bytes\":2000000"), response::text);
      assertTrue(response.text().contains(sha256), response::text);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void download_arrivesByteForByte(boolean tls) throws Exception {
    CRC32 expected = new CRC32();
    byte[] cycle = new byte[256];
    for (int i = 0; i < cycle.length; i++) {
      cycle[i] = (byte) i;
    }
    int length = 800 * 65536;
    for (int i = 0; i < length / cycle.length; i++) {
      expected.update(cycle);
    }
    try (JettyProcess jetty = JettyProcess.start(base);
        RawPeer peer =
            RawPeer.connect(options(jetty, tls).withAddedRoundTrip(Duration.ofMillis(5)))) {
      int stream = peer.request("GET", "/stream?chunks=800&ms=0&bytes=65536", id("download"), true);
      jetty.journal().awaitEntries("download", 1, LIMIT);
      jetty.terminate();
      PeerResponse response = peer.response(stream).get(60, TimeUnit.SECONDS);
      assertEquals(Fate.OK, response.fate());
      assertEquals(length, response.bytes());
      assertEquals(expected.getValue(), response.body().crc32());
    }
  }
}
