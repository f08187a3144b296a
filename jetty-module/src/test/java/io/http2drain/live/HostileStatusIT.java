package io.http2drain.live;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.http2drain.ConnectorStatus;
import io.http2drain.DrainPhase;
import io.http2drain.DrainStatus;
import io.http2drain.DrainTimeline;
import io.http2drain.DrainTimeline.Bar;
import io.http2drain.DrainTimeline.End;
import io.http2drain.DrainTimeline.Lane;
import io.http2drain.RequestStatus;
import io.http2drain.SessionState;
import io.http2drain.SessionStatus;
import io.http2drain.admin.DrainAdmin;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The page shows a status whose every text is markup. It is served without the policy that would
 * stop a script, so that what holds is the page's own doing.
 */
@Timeout(90)
class HostileStatusIT {

  private static final String MARKUP =
      "<img src=x onerror=window.broken=1><script>window.broken=1</script>";

  private static String status() {
    Lane lane = new Lane(1, MARKUP, 1, 50, -1, -1);
    Bar bar = new Bar(1, 1, MARKUP, -400_000, -1, End.IN_FLIGHT);
    return new DrainStatus(
            DrainPhase.DRAINING,
            false,
            false,
            2000,
            1000,
            1,
            Map.of(SessionState.CUT, 1),
            1,
            null,
            List.of(new ConnectorStatus(MARKUP, 1, DrainPhase.DRAINING)),
            List.of(new SessionStatus(1, MARKUP, MARKUP, SessionState.CUT, 1)),
            List.of(new RequestStatus(MARKUP, MARKUP, 3000, MARKUP, MARKUP, 1, 1)),
            new DrainTimeline(List.of(lane), List.of(bar), true))
        .toJson();
  }

  private static void answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    String name = path.equals("/") ? "page.html" : path.substring(1);
    try (InputStream in = DrainAdmin.class.getResourceAsStream("live/" + name)) {
      byte[] body =
          path.equals("/drain")
              ? status().getBytes(UTF_8)
              : in == null ? new byte[0] : in.readAllBytes();
      String type =
          name.endsWith(".js")
              ? "text/javascript"
              : name.endsWith(".css")
                  ? "text/css"
                  : name.endsWith(".svg") ? "image/svg+xml" : "text/html";
      exchange.getResponseHeaders().set("Content-Type", type + ";charset=utf-8");
      exchange.sendResponseHeaders(200, body.length == 0 ? -1 : body.length);
      exchange.getResponseBody().write(body);
    }
    exchange.close();
  }

  @Test
  void markup_isShownAsText(@TempDir Path directory) throws Exception {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", HostileStatusIT::answer);
    server.start();
    try (Browser browser = Browser.start(directory.resolve("profile"))) {
      browser.lookWith(360, "light");
      browser.open(URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/"));
      browser.awaitText("headline", "the oldest is " + MARKUP + " " + MARKUP);
      var unused = browser.run("document.getElementById('sessions-details').open = true; return 1");
      browser.click("undo");
      browser.await("two polls more", () -> browser.text("ask-target").contains(MARKUP));
      assertEquals(1, browser.count("img")); // The one beside the name.
      assertEquals(1, browser.count("script")); // The page's own.
      assertEquals("undefined", browser.run("return typeof window.broken"));
      assertTrue(browser.texts("#requests .path").contains(MARKUP), browser::seen);
      assertTrue(browser.text("timeline").contains(MARKUP.substring(0, 10)), browser::seen);
      assertTrue(!PageCheck.overflows(browser));
    } finally {
      server.stop(0);
    }
  }
}
