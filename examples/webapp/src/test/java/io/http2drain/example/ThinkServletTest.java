package io.http2drain.example;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ThinkServletTest {
  @RegisterExtension static final RunningWebapp webapp = new RunningWebapp();

  @ParameterizedTest
  @CsvSource({"HTTP_1_1,false", "HTTP_1_1,true", "HTTP_2,false", "HTTP_2,true"})
  void thinkAnswersAfterTheTimeAsked(Version version, boolean async) throws Exception {
    HttpClient client = webapp.client(version);
    long start = System.nanoTime();
    HttpResponse<String> response =
        client.send(
            webapp.request("/think?ms=150&async=" + async).build(), BodyHandlers.ofString());
    Duration took = Duration.ofNanos(System.nanoTime() - start);

    assertEquals(200, response.statusCode());
    assertEquals(version, response.version());
    assertEquals("thought for 150 ms\n", response.body());
    assertEquals(
        "text/plain;charset=utf-8", response.headers().firstValue("content-type").orElseThrow());
    assertTrue(took.toMillis() >= 149, () -> "answered after " + took);
  }

  @ParameterizedTest
  @EnumSource(Version.class)
  void thinkByPostAnswersTheSame(Version version) throws Exception {
    HttpResponse<String> response =
        webapp
            .client(version)
            .send(
                webapp.request("/think?ms=0").POST(BodyPublishers.ofString("ignored")).build(),
                BodyHandlers.ofString());
    assertEquals(200, response.statusCode());
    assertEquals("thought for 0 ms\n", response.body());
  }

  @Test
  void thinkAsyncHoldsNoThread() throws Exception {
    try (RunningWebapp own = new RunningWebapp().start()) {
      HttpClient client = own.client(Version.HTTP_2);
      List<CompletableFuture<?>> thinking = new ArrayList<>();
      for (int i = 0; i < 5 * RunningWebapp.THREADS; i++) {
        thinking.add(
            client.sendAsync(
                own.request("/think?ms=600000&async=true").build(), BodyHandlers.ofString()));
      }
      HttpResponse<String> quick =
          client
              .sendAsync(own.request("/think?ms=0").build(), BodyHandlers.ofString())
              .get(10, SECONDS);
      assertEquals(200, quick.statusCode());
      assertTrue(thinking.stream().noneMatch(CompletableFuture::isDone));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1", "600001", "99999999999999999999", "1.5", "soon", ""})
  void thinkWithBadTimeAnswers400WithOneClearLine(String ms) throws Exception {
    HttpResponse<String> response = webapp.get(Version.HTTP_1_1, "/think?ms=" + ms);
    assertAll(
        () -> assertEquals(400, response.statusCode()),
        () ->
            assertEquals(
                "ms: \"" + ms + "\" (expected: a whole number from 0 to 600000)\n",
                response.body()),
        () ->
            assertEquals(
                "nosniff", response.headers().firstValue("x-content-type-options").orElseThrow()));
  }

  @Test
  void thinkWithBadAsyncAnswers400() throws Exception {
    HttpResponse<String> response = webapp.get(Version.HTTP_2, "/think?ms=0&async=yes");
    assertEquals(400, response.statusCode());
    assertEquals("async: \"yes\" (expected: true or false)\n", response.body());
  }

  @Test
  void badValueIsQuotedOnOneLineAndCutShort() throws Exception {
    HttpResponse<String> response =
        webapp.get(Version.HTTP_1_1, "/think?ms=a%0D%0Ab" + "x".repeat(200));
    assertEquals(400, response.statusCode());
    assertEquals(
        "ms: \"a??b" + "x".repeat(96) + "…\" (expected: a whole number from 0 to 600000)\n",
        response.body());
  }
}
