package io.http2drain.stop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.http2drain.home.ChildProcess;
import io.http2drain.home.JettyBase;
import io.http2drain.home.JettyProcess;
import io.http2drain.peer.Fate;
import io.http2drain.peer.PeerOptions;
import io.http2drain.peer.RawPeer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the operators of a jetty-home set, and see. */
@Timeout(120)
class OperatorIT {

  private static final Duration LIMIT = Duration.ofSeconds(30);

  @TempDir private Path directory;

  private JettyBase.Recipe recipe() {
    return JettyBase.recipe().modules(JettyBase.ALL_PROTOCOLS).drain();
  }

  private static int status(int port, String path) throws Exception {
    try (RawPeer peer = RawPeer.connect(PeerOptions.h2c(port))) {
      int stream = peer.request("GET", path, Map.of(), true);
      return peer.response(stream).get(30, TimeUnit.SECONDS).status();
    }
  }

  @Test
  void stopWithAQuietPeriod_isSeenAtTheReadinessPathOnTheConsoleAndInTheReport() throws Exception {
    Path report = directory.resolve("report.json");
    JettyBase base =
        recipe()
            .property("drain.quietPeriod", "5000")
            .property("drain.readinessPath", "/up")
            .property("drain.progressInterval", "200")
            .property("drain.report", report.toString())
            .create(directory.resolve("base"));
    try (JettyProcess jetty = JettyProcess.start(base)) {
      int port = jetty.target(false).port();
      assertEquals(200, status(port, "/up"));
      try (RawPeer peer = RawPeer.connect(PeerOptions.h2c(port))) {
        int stream =
            peer.request("GET", "/think?ms=6000&secret=x", Map.of("x-request-id", "long"), true);
        jetty.journal().awaitEntries("long", 1, LIMIT);
        jetty.terminate();
        jetty.log().await(Pattern.compile("Draining \\d+ HTTP/2 sessions"), LIMIT);
        // On connections that are opened now.
        assertEquals(503, status(port, "/up"));
        assertEquals(200, status(port, "/think?ms=0"));
        String waiting =
            jetty
                .log()
                .await(Pattern.compile("INFO :.*Waiting for .* the oldest is"), LIMIT)
                .text();
        assertTrue(waiting.contains("GET /think after "), waiting);
        assertFalse(Files.exists(report));
        assertEquals(Fate.OK, peer.response(stream).get(30, TimeUnit.SECONDS).fate());
      }
      ChildProcess.Exit exit = jetty.awaitExit(LIMIT);
      assertEquals(143, exit.status());
      assertFalse(jetty.log().toString().contains("secret"), jetty.log()::toString);
      String json = Files.readString(report);
      assertTrue(json.contains("\"cut\":0,"), json);
      assertTrue(json.contains("\"refused\":0,"), json);
      assertFalse(json.contains("secret"), json);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "drain.quietPeriod, -1",
    "drain.spread, 5s",
    "drain.progressInterval, often",
    "drain.report, /no/such/directory/report.json",
    "drain.readinessPath, up",
  })
  void badSetting_endsTheStartWithOneLine(String name, String value) throws Exception {
    JettyBase base = recipe().property(name, value).create(directory.resolve("base"));
    assertFailsWith(base, "Cannot start: " + name + ": " + value + " (expected: ");
  }

  @Test
  void timeoutShorterThanTheQuietPeriod_endsTheStartWithOneLine() throws Exception {
    JettyBase base =
        recipe()
            .property("drain.timeout", "1000")
            .property("drain.quietPeriod", "1001")
            .create(directory.resolve("base"));
    assertFailsWith(
        base,
        "Cannot start: drain.timeout: 1000 (expected: at least drain.quietPeriod, which is 1001)");
  }

  private static void assertFailsWith(JettyBase base, String line)
      throws IOException, InterruptedException {
    List<String> command = base.home().command(List.of(), List.of());
    try (ChildProcess child = ChildProcess.start("jetty", base.directory(), command)) {
      assertTrue(child.awaitExit(LIMIT).status() != 0, child.output()::toString);
      String log = child.output().toString();
      assertEquals(1, log.lines().filter(l -> l.contains(line)).count(), log);
      assertFalse(log.contains("ServerConnector@"), log);
    }
  }

  /** The ini-template, the XML and the code agree on the properties and their defaults. */
  @Test
  void iniTemplateAndXml_haveTheSameDefaults() throws Exception {
    recipe().create(directory.resolve("base"));
    Map<String, String> ini =
        defaults("# (drain\\.\\w+)=(.*)", directory.resolve("base/start.d/http2-drain.ini"));
    Map<String, String> xml =
        defaults(
            "<Property name=\"(drain\\.\\w+)\" default=\"(.*)\"/>",
            directory.resolve("base/etc/jetty-http2-drain.xml"));
    assertEquals(8, xml.size(), xml::toString);
    assertEquals("/ready", ini.replace("drain.readinessPath", "")); // An example; off by default.
    assertEquals(xml, ini);
    assertEquals("25000", xml.get("drain.timeout"));
    assertEquals("0", xml.get("drain.quietPeriod"));
    assertEquals("0", xml.get("drain.spread"));
    assertEquals("5000", xml.get("drain.progressInterval"));
  }

  private static Map<String, String> defaults(String pattern, Path file) throws IOException {
    Map<String, String> found = new HashMap<>();
    Matcher matcher = Pattern.compile(pattern).matcher(Files.readString(file));
    while (matcher.find()) {
      found.put(matcher.group(1), matcher.group(2).trim());
    }
    return found;
  }
}
