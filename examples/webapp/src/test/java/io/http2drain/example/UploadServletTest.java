package io.http2drain.example;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
class UploadServletTest {
  @RegisterExtension static final RunningWebapp webapp = new RunningWebapp();

  @ParameterizedTest
  @EnumSource(Version.class)
  void emptyBodyAnswersZeroBytesAndTheDigestOfNothing(Version version) throws Exception {
    HttpResponse<String> response = upload(version, "POST", BodyPublishers.noBody());
    assertEquals(200, response.statusCode());
    assertEquals(version, response.version());
    assertEquals("application/json", response.headers().firstValue("content-type").orElseThrow());
    assertEquals(
        "{\"bytes\":0,\"sha256\":"
            + "\"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\"}",
        response.body());
  }

  @ParameterizedTest
  @CsvSource({"HTTP_1_1,POST", "HTTP_1_1,PUT", "HTTP_2,POST", "HTTP_2,PUT"})
  void bodyOfManyBuffersAnswersItsLengthAndDigest(Version version, String method) throws Exception {
    byte[] body = new byte[5_000_001];
    new Random(1).nextBytes(body);
    String digest = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(body));
    HttpResponse<String> response = upload(version, method, BodyPublishers.ofByteArray(body));
    assertEquals(200, response.statusCode());
    assertEquals("{\"bytes\":5000001,\"sha256\":\"" + digest + "\"}", response.body());
  }

  @ParameterizedTest
  @EnumSource(Version.class)
  void bodyWithoutAnnouncedLengthAnswersItsLengthAndDigest(Version version) throws Exception {
    HttpResponse<String> response =
        upload(version, "POST", BodyPublishers.ofInputStream(InputStream::nullInputStream));
    assertEquals(200, response.statusCode());

    HttpResponse<String> abc =
        upload(
            version,
            "POST",
            BodyPublishers.ofInputStream(
                () -> new ByteArrayInputStream(new byte[] {'a', 'b', 'c'})));
    assertEquals(
        "{\"bytes\":3,\"sha256\":"
            + "\"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\"}",
        abc.body());
  }

  @ParameterizedTest
  @EnumSource(Version.class)
  void getIsNotAllowed(Version version) throws Exception {
    assertEquals(405, webapp.get(version, "/upload").statusCode());
  }

  private static HttpResponse<String> upload(Version version, String method, BodyPublisher body)
      throws Exception {
    return webapp
        .client(version)
        .send(webapp.request("/upload").method(method, body).build(), BodyHandlers.ofString());
  }
}
