package io.http2drain.example;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
class EchoServletTest {
  @RegisterExtension static final RunningWebapp webapp = new RunningWebapp();

  /** Jetty's client, because the JDK's shows no answer before it has sent the whole body. */
  @Test
  void eachChunkIsEchoedOverHttp2BeforeTheNextIsSent() throws Exception {
    try (DuplexExchange exchange = DuplexExchange.post(webapp.uri("/echo"))) {
      for (int i = 0; i < 20; i++) {
        String chunk = "chunk %02d;".formatted(i);
        exchange.send(chunk);
        assertEquals(chunk, exchange.receive(chunk.length()));
      }
      exchange.finish();
      assertEquals("", exchange.receive(1));
      assertEquals(200, exchange.status());
    }
  }

  @ParameterizedTest
  @EnumSource(Version.class)
  void wholeBodyComesBackUnchanged(Version version) throws Exception {
    byte[] body = new byte[300_000];
    new Random(2).nextBytes(body);
    HttpResponse<byte[]> response =
        webapp
            .client(version)
            .send(
                webapp.request("/echo").POST(BodyPublishers.ofByteArray(body)).build(),
                BodyHandlers.ofByteArray());
    assertEquals(200, response.statusCode());
    assertEquals(version, response.version());
    assertArrayEquals(body, response.body());
  }

  @ParameterizedTest
  @EnumSource(Version.class)
  void emptyBodyComesBackEmpty(Version version) throws Exception {
    HttpResponse<byte[]> response =
        webapp
            .client(version)
            .send(
                webapp.request("/echo").POST(BodyPublishers.noBody()).build(),
                BodyHandlers.ofByteArray());
    assertEquals(200, response.statusCode());
    assertEquals(0, response.body().length);
  }

  @Test
  void getIsNotAllowed() throws Exception {
    assertEquals(405, webapp.get(Version.HTTP_2, "/echo").statusCode());
  }
}
