package io.http2drain.stop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.http2drain.home.ChildProcess;
import io.http2drain.home.JettyBase;
import io.http2drain.home.JettyProcess;
import io.http2drain.peer.FrameKind;
import io.http2drain.peer.PeerOptions;
import io.http2drain.peer.RawPeer;
import io.http2drain.peer.ReceivedFrame;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The drop-in as an operator meets it: modules, ini, dump, and what a bad base says. */
@Timeout(90)
class ModuleIT {

  private static final Duration LIMIT = Duration.ofSeconds(60);

  private static final String HTTP2_ALT_SVC =
      "org.eclipse.jetty.http2.server.HTTP2ServerConnectionFactory$AltSvcCustomizer@";

  private Path directory;

  @BeforeEach
  void keep(@TempDir Path temp) {
    directory = temp;
  }

  private JettyBase.Recipe recipe() {
    return JettyBase.recipe().modules(JettyBase.ALL_PROTOCOLS).drain();
  }

  private String startAndFail(JettyBase base) throws IOException, InterruptedException {
    List<String> command = base.home().command(List.of(), List.of());
    try (ChildProcess child = ChildProcess.start("jetty", base.directory(), command)) {
      ChildProcess.Exit exit = child.awaitExit(LIMIT);
      assertNotEquals(0, exit.status(), child.output()::toString);
      return child.output().toString();
    }
  }

  private static long count(String text, String part) {
    return text.lines().filter(line -> line.contains(part)).count();
  }

  private static ReceivedFrame settings(int port, boolean tls) throws IOException {
    PeerOptions options = tls ? PeerOptions.h2(port) : PeerOptions.h2c(port);
    try (RawPeer peer = RawPeer.connect(options)) {
      return peer.await(FrameKind.SETTINGS, Duration.ofSeconds(20));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void factories_areOursInPlaceWithTheirSettings(boolean jpms) throws Exception {
    JettyBase base =
        recipe()
            .property("jetty.http2.maxConcurrentStreams", "77")
            .property("jetty.http2.initialStreamRecvWindow", "70001")
            .property("jetty.http2c.maxConcurrentStreams", "78")
            .property("jetty.http2c.initialStreamRecvWindow", "70002")
            .property("jetty.server.dumpAfterStart", "true")
            .create(directory.resolve("base"));
    try (JettyProcess jetty = jpms ? JettyProcess.startJpms(base) : JettyProcess.start(base)) {
      var secure = settings(jetty.target(true).port(), true).headers();
      assertEquals("77", secure.get("MAX_CONCURRENT_STREAMS"));
      assertEquals("70001", secure.get("INITIAL_WINDOW_SIZE"));
      var clear = settings(jetty.target(false).port(), false).headers();
      assertEquals("78", clear.get("MAX_CONCURRENT_STREAMS"));
      assertEquals("70002", clear.get("INITIAL_WINDOW_SIZE"));
      // Jetty says that it has started, and dumps then.
      var unused = jetty.log().await(Pattern.compile("^legend: "), LIMIT);
      String log = jetty.log().toString();
      assertTrue(log.contains("(ssl, alpn, h2, http/1.1)"), log); // ALPN offers h2 first.
      assertTrue(log.contains("(http/1.1, h2c)"), log);
      assertTrue(count(log, "DrainingHTTP2ServerConnectionFactory@") > 0, log);
      assertTrue(count(log, "DrainingHTTP2CServerConnectionFactory@") > 0, log);
      Pattern stock = Pattern.compile("[^g]HTTP2C?ServerConnectionFactory@");
      assertFalse(stock.matcher(log).find(), log);
      assertFalse(log.contains("SessionContainer@"), log);
      // One for each of the two configurations.
      assertEquals(2, count(log, "+> " + HTTP2_ALT_SVC), log);
      assertTrue(log.contains("ih.Drain@") || log.contains("Drain@"), log);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "drain.timeout=-1",
        "drain.timeout=25s",
        "drain.pingTimeout=0",
        "drain.pingTimeout=many",
        "drain.linger=-1000"
      })
  void badSetting_endsTheStartWithOneLineBeforeAnythingListens(String setting) throws Exception {
    String name = setting.substring(0, setting.indexOf('='));
    String value = setting.substring(setting.indexOf('=') + 1);
    JettyBase base = recipe().property(name, value).create(directory.resolve("base"));
    String log = startAndFail(base);
    String expected = "Cannot start: " + name + ": " + value + " (expected: milliseconds, ";
    assertEquals(1, count(log, expected), log);
    assertEquals(0, count(log, "ServerConnector@"), log);
  }

  @Test
  void baseWithoutHttp2_warnsAndRuns() throws Exception {
    JettyBase base =
        JettyBase.recipe().modules(List.of("http")).drain().create(directory.resolve("base"));
    try (JettyProcess jetty = JettyProcess.start(base)) {
      String log = jetty.log().toString();
      assertEquals(1, count(log, "speaks HTTP/2: nothing to drain"), log);
      assertTrue(jetty.log().find(Pattern.compile(":WARN :.*speaks HTTP/2")).isPresent(), log);
      jetty.terminate();
      assertEquals(143, jetty.awaitExit(LIMIT).status());
    }
  }

  @Test
  void module_isListedAndItsIniNamesEveryProperty() throws Exception {
    JettyBase base = recipe().create(directory.resolve("base"));
    String ini = Files.readString(directory.resolve("base/start.d/http2-drain.ini"));
    for (String property : List.of("drain.timeout", "drain.pingTimeout", "drain.linger")) {
      assertEquals(1, count(ini, "# " + property + "="), ini);
    }
    assertTrue(ini.contains("# drain.timeout=25000"), ini);
    assertTrue(ini.contains("# drain.pingTimeout=2000"), ini);
    assertTrue(ini.contains("# drain.linger=1000"), ini);
    List<String> command = base.home().command(List.of(), List.of("--list-modules=http2"));
    try (ChildProcess child = ChildProcess.start("start.jar", base.directory(), command)) {
      assertEquals(0, child.awaitExit(LIMIT).status());
      assertTrue(child.output().toString().contains("http2-drain"), child.output()::toString);
    }
  }

  @Test
  void archive_holdsWhatIsOursAndNoJarOfJettys() throws Exception {
    recipe().create(directory.resolve("base"));
    try (var files = Files.list(directory.resolve("base/lib/http2-drain"))) {
      List<String> jars =
          files
              .filter(Files::isRegularFile)
              .map(file -> directory.resolve("base").relativize(file).toString())
              .toList();
      assertEquals(1, jars.size(), jars::toString);
      assertTrue(jars.get(0).startsWith("lib/http2-drain/jetty-http2-drain-"), jars::toString);
    }
  }
}
