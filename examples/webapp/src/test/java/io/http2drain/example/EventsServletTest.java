package io.http2drain.example;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
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

@Timeout(60)
class EventsServletTest {
  @RegisterExtension static final RunningWebapp webapp = new RunningWebapp();

  @ParameterizedTest
  @EnumSource(Version.class)
  void eventsAreNumberedAndEndWithTheEndEvent(Version version) throws Exception {
    HttpClient client = webapp.client(version);
    long start = System.nanoTime();
    HttpResponse<String> response =
        client.send(webapp.request("/events?count=3&ms=50").build(), BodyHandlers.ofString());
    Duration took = Duration.ofNanos(System.nanoTime() - start);

    assertEquals(200, response.statusCode());
    assertEquals(version, response.version());
    assertEquals(
        "text/event-stream;charset=utf-8",
        response.headers().firstValue("content-type").orElseThrow());
    assertEquals(
        """
        id: 1
        data: event 1 of 3

        id: 2
        data: event 2 of 3

        id: 3
        data: event 3 of 3

        event: end
        data: 3 events sent

        """,
        response.body());
    assertTrue(took.toMillis() >= 99, () -> "two pauses took " + took);
  }

  @Test
  void manyEventsWithoutPauseArriveInOrder() throws Exception {
    HttpResponse<String> response = webapp.get(Version.HTTP_2, "/events?count=2000&ms=0");
    List<String> ids = response.body().lines().filter(line -> line.startsWith("id: ")).toList();
    assertEquals(2000, ids.size());
    for (int i = 0; i < 2000; i++) {
      assertEquals("id: " + (i + 1), ids.get(i));
    }
    assertTrue(response.body().endsWith("event: end\ndata: 2000 events sent\n\n"));
  }

  @Test
  void eventArrivesBeforeTheNextIsDueAndWaitingHoldsNoThread() throws Exception {
    try (RunningWebapp own = new RunningWebapp().start()) {
      HttpClient client = own.client(Version.HTTP_2);
      List<InputStream> feeds = new ArrayList<>();
      for (int i = 0; i < 3 * RunningWebapp.THREADS; i++) {
        CompletableFuture<HttpResponse<InputStream>> response =
            client.sendAsync(
                own.request("/events?count=2&ms=60000").build(), BodyHandlers.ofInputStream());
        InputStream feed = response.get(10, SECONDS).body();
        feeds.add(feed);
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(feed, StandardCharsets.UTF_8));
        assertEquals("id: 1", lines.readLine());
        assertEquals("data: event 1 of 2", lines.readLine());
      }
      for (InputStream feed : feeds) {
        feed.close();
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "count,0,1 to 10000",
    "count,10001,1 to 10000",
    "count,all,1 to 10000",
    "ms,-1,0 to 60000",
    "ms,60001,0 to 60000"
  })
  void badParameterAnswers400(String name, String value, String expected) throws Exception {
    HttpResponse<String> response = webapp.get(Version.HTTP_1_1, "/events?" + name + "=" + value);
    assertEquals(400, response.statusCode());
    assertEquals(
        name + ": \"" + value + "\" (expected: a whole number from " + expected + ")\n",
        response.body());
  }
}
