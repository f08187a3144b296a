package io.http2drain.example;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(120)
class StreamServletTest {
  @RegisterExtension static final RunningWebapp webapp = new RunningWebapp();

  @ParameterizedTest
  @CsvSource({
    // A chunk length that does not divide the period of 256, so that every chunk starts at another
    // phase.
    "HTTP_1_1,100,1000,100000",
    "HTTP_2,100,1000,100000",
    "HTTP_1_1,800,65536,52428800",
    "HTTP_2,800,65536,52428800",
    "HTTP_2,1,1,1"
  })
  void everyByteArrivesAtItsPlace(Version version, int chunks, int bytes, long total)
      throws Exception {
    HttpResponse<InputStream> response =
        webapp
            .client(version)
            .send(
                webapp.request("/stream?chunks=%d&ms=0&bytes=%d".formatted(chunks, bytes)).build(),
                BodyHandlers.ofInputStream());
    assertEquals(200, response.statusCode());
    assertEquals(version, response.version());
    assertEquals(total, countChecked(response.body()));
  }

  @ParameterizedTest
  @EnumSource(Version.class)
  void defaultsAreTenChunksOfSixteenBytes100MillisecondsApart(Version version) throws Exception {
    HttpClient client = webapp.client(version);
    long start = System.nanoTime();
    HttpResponse<InputStream> response =
        client.send(webapp.request("/stream").build(), BodyHandlers.ofInputStream());
    assertEquals(160, countChecked(response.body()));
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    assertTrue(took.toMillis() >= 899, () -> "nine pauses took " + took);
  }

  @Test
  void firstChunkArrivesWhileTheServerPausesBeforeTheSecond() throws Exception {
    // Were chunks not flushed, the first read would outlast the time-out of the class.
    HttpResponse<InputStream> response =
        webapp
            .client(Version.HTTP_2)
            .send(
                webapp.request("/stream?chunks=10000&ms=60000&bytes=20").build(),
                BodyHandlers.ofInputStream());
    try (InputStream body = response.body()) {
      assertEquals(20, body.readNBytes(20).length);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "chunks,0,1 to 10000",
    "chunks,10001,1 to 10000",
    "chunks,x,1 to 10000",
    "ms,-1,0 to 60000",
    "ms,60001,0 to 60000",
    "bytes,0,1 to 65536",
    "bytes,65537,1 to 65536"
  })
  void badParameterAnswers400(String name, String value, String expected) throws Exception {
    HttpResponse<String> response = webapp.get(Version.HTTP_2, "/stream?" + name + "=" + value);
    assertEquals(400, response.statusCode());
    assertEquals(
        name + ": \"" + value + "\" (expected: a whole number from " + expected + ")\n",
        response.body());
  }

  /** Reads to the end and returns the length. */
  private static long countChecked(InputStream body) throws Exception {
    try (body) {
      byte[] buffer = new byte[65_536];
      long offset = 0;
      for (int read = body.read(buffer); read >= 0; read = body.read(buffer)) {
        for (int i = 0; i < read; i++, offset++) {
          if (buffer[i] != (byte) offset) {
            assertEquals((byte) offset, buffer[i], "the byte at offset " + offset);
          }
        }
      }
      return offset;
    }
  }
}
