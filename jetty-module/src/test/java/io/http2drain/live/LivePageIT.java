package io.http2drain.live;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.http2drain.home.JettyBase;
import io.http2drain.home.JettyProcess;
import io.http2drain.peer.Fate;
import io.http2drain.peer.LoadClient;
import io.http2drain.peer.LoadPlan;
import io.http2drain.peer.PeerOptions;
import io.http2drain.peer.RawPeer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The live page in a real browser, beside the packed archive in a real jetty-home. */
@Timeout(180)
class LivePageIT {

  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final String TOKEN = "correct-horse-battery-staple";

  /** The page is looked at from all sides before the request that is held is released. */
  private static final Map<String, String> UNHURRIED = Map.of("drain.timeout", "55000");

  private static final Path PICTURES = Path.of("target", "live-page");

  private static JettyBase base(Path directory, Map<String, String> properties) throws Exception {
    JettyBase.Recipe recipe =
        JettyBase.recipe()
            .modules(JettyBase.ALL_PROTOCOLS)
            .drain()
            .modules(List.of("http2-drain-admin"))
            .property("drain.admin.port", "0")
            // The requests that are held are silent, for as long as a slow machine takes.
            .property("jetty.http.idleTimeout", "300000")
            .property("jetty.ssl.idleTimeout", "300000");
    properties.forEach(recipe::property);
    return recipe.create(directory.resolve("base"));
  }

  /** A request that is in flight until the test ends its content. */
  private static int hold(JettyProcess jetty, RawPeer peer, String id)
      throws IOException, InterruptedException {
    int stream = peer.request("POST", "/echo?secret=1", Map.of("x-request-id", id), false);
    jetty.journal().awaitEntries(id, 1, LIMIT);
    return stream;
  }

  private static void release(RawPeer peer, int stream) throws Exception {
    peer.data(stream, "end".getBytes(StandardCharsets.UTF_8), true);
    assertEquals(Fate.OK, peer.response(stream).get(30, TimeUnit.SECONDS).fate());
  }

  @Test
  void stopUnderLoad_isWatchedToItsEnd(@TempDir Path directory) throws Exception {
    try (Browser browser = Browser.start(directory.resolve("profile"));
        JettyProcess jetty = JettyProcess.start(base(directory, UNHURRIED));
        RawPeer peer = RawPeer.connect(PeerOptions.h2(jetty.target(true).port()));
        LoadClient load =
            LoadClient.start(
                LoadPlan.of(PeerOptions.h2(jetty.target(true).port()))
                    .withConnections(5)
                    .withStreamsPerConnection(3)
                    .withRunId("load")
                    .withRequest("GET", "/think?ms=900&async=true"))) {
      browser.lookWith(1080, "light");
      int held = hold(jetty, peer, "held");
      browser.open(AdminAddress.of(jetty));
      browser.awaitText("phase", "Serving");
      jetty.journal().awaitEntries("load", 15, LIMIT);
      browser.await("16 requests", () -> browser.texts("#requests tbody tr").size() >= 16);
      assertFalse(browser.isShown("deadline"));

      long unused = jetty.terminate();
      browser.awaitText("headline", "Waiting for 1 request; the oldest is POST /echo, ");
      assertEquals(
          "◑\nStopping · draining", browser.text("phase-sign") + "\n" + browser.text("phase"));
      assertFalse(browser.seen().contains("secret"));
      List<String> rows = browser.texts("#requests tbody tr");
      assertEquals(1, rows.size(), rows::toString);
      assertTrue(rows.get(0).contains("POST /echo"), rows::toString);
      assertTrue(rows.get(0).contains("127.0.0.1:" + peer.localPort()), rows::toString);
      assertFalse(browser.isShown("drain")); // A stop is not to be steered.
      assertDeadlineAdvances(browser);
      browser.await("its session alone", () -> browser.text("sessions-count").equals("1"));
      assertTrue(browser.text("states-legend").contains("cut 1"), browser::seen);
      assertTimelineOfTheDrain(browser);
      takePictures(browser);

      release(peer, held);
      int status = jetty.awaitExit(LIMIT).status();
      assertEquals(143, status);
      browser.awaitText("headline", "The server has stopped");
      assertEquals("no answer", browser.text("link-text"));
      assertTrue(browser.text("subline").contains("what was seen last"), browser::seen);
      assertTrue(browser.count("#timeline .stream") > 0); // The last state stays.
      assertEquals(List.of(), PageCheck.faintTexts(browser));
      browser.screenshot(PICTURES.resolve("stopped.png"));
      assertEquals(List.of(), PageCheck.violations(browser));
    }
  }

  private static void assertDeadlineAdvances(Browser browser) {
    assertTrue(browser.isShown("deadline"));
    assertTrue(browser.text("deadline-to").contains(" s left; then what is in flight is cut"));
    double before = deadlinePercent(browser);
    browser.await("the bar grows", () -> deadlinePercent(browser) > before);
    assertTrue(deadlinePercent(browser) < 100);
  }

  private static double deadlinePercent(Browser browser) {
    return ((Number)
            browser.run("return parseFloat(document.getElementById('deadline-fill').style.width)"))
        .doubleValue();
  }

  /**
   * 6 sessions were told and cut; those of the load have left, and every stream of theirs was
   * answered.
   */
  private static void assertTimelineOfTheDrain(Browser browser) {
    browser.await("5 sessions closed", () -> browser.count("#timeline .mark.closed") == 5);
    assertEquals(6, browser.count("#timeline .lane"));
    assertEquals(6, browser.count("#timeline .mark.announced"));
    assertEquals(6, browser.count("#timeline .mark.cut"));
    assertEquals(5, browser.count("#timeline .mark.fin"));
    assertEquals(1, browser.count("#timeline .stream.IN_FLIGHT"));
    // Fewer than 15, where a client has seen the GOAWAY before it sent its next request.
    assertTrue(browser.count("#timeline .stream.COMPLETED") >= 5, browser::seen);
    assertEquals(0, browser.count("#timeline .stream.CUT"));
    assertEquals(1, browser.count("#timeline .now-line"));
    assertTrue(browser.text("timeline").contains("deadline"), browser::seen);
  }

  private static void takePictures(Browser browser) throws Exception {
    for (String scheme : List.of("light", "dark")) {
      for (int width : new int[] {1080, 360}) {
        browser.lookWith(width, scheme);
        browser.await(
            "redrawn",
            () ->
                ((Number) browser.run("return document.querySelector('#timeline svg').clientWidth"))
                        .intValue()
                    <= width);
        assertFalse(PageCheck.overflows(browser), scheme + " " + width);
        assertEquals(List.of(), PageCheck.faintTexts(browser), scheme + " " + width);
        browser.screenshot(PICTURES.resolve(scheme + "-" + width + ".png"));
      }
    }
    browser.lookWith(1080, "light");
  }

  @Test
  void drainOnDemand_isBegunAndUndoneWithTheButtons(@TempDir Path directory) throws Exception {
    JettyBase base = base(directory, Map.of("drain.admin.token", TOKEN));
    try (Browser browser = Browser.start(directory.resolve("profile"));
        JettyProcess jetty = JettyProcess.start(base);
        RawPeer peer = RawPeer.connect(PeerOptions.h2c(jetty.target(false).port()))) {
      int held = hold(jetty, peer, "held");
      browser.open(AdminAddress.of(jetty));
      browser.awaitText("phase", "Serving");

      browser.click("drain");
      browser.click("ask-no");
      browser.click("drain");
      browser.click("ask-yes");
      browser.awaitText("ask-error", "The server wants a token.");
      browser.type("ask-token", "not-the-right-token");
      browser.click("ask-yes");
      browser.awaitText("ask-error", "The token is not right.");
      assertEquals("Serving", browser.text("phase"));
      browser.type("ask-token", TOKEN);
      browser.click("ask-yes");
      browser.awaitText("headline", "Waiting for 1 request; the oldest is POST /echo, ");
      browser.await("the question is closed", () -> !browser.isShown("ask"));
      assertEquals("Draining", browser.text("phase"));

      browser.click("undo");
      browser.click("ask-yes"); // The token is known.
      browser.awaitText("phase", "Serving");
      browser.await("the question is closed", () -> !browser.isShown("ask"));

      // The session has been cut: it leaves, and its client would open another.
      release(peer, held);
      try (RawPeer next = RawPeer.connect(PeerOptions.h2c(jetty.target(false).port()))) {
        int second = hold(jetty, next, "second");
        browser.await("the old session has left", () -> browser.text("sessions-count").equals("1"));
        browser.click("drain");
        browser.click("ask-yes");
        browser.awaitText("headline", "Waiting for 1 request; the oldest is POST /echo, ");
        assertEquals("Draining", browser.text("phase"));
        release(next, second);
        browser.awaitText("headline", "Drained; every session has left");
      }
      assertEquals(List.of(), PageCheck.violations(browser));
    }
  }
}
