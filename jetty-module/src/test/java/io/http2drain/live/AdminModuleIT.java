package io.http2drain.live;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.http2drain.home.ChildProcess;
import io.http2drain.home.JettyBase;
import io.http2drain.home.JettyProcess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The admin module as an operator meets it. */
@Timeout(90)
class AdminModuleIT {

  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final String TOKEN = "correct-horse-battery-staple";

  private Path directory;

  @BeforeEach
  void keep(@TempDir Path temp) {
    directory = temp.resolve("base");
  }

  private static JettyBase.Recipe recipe() {
    return JettyBase.recipe()
        .modules(JettyBase.ALL_PROTOCOLS)
        .drain()
        .modules(List.of("http2-drain-admin"));
  }

  private static HttpResponse<String> send(String method, URI uri, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri).method(method, BodyPublishers.noBody());
    if (headers.length > 0) {
      request.headers(headers);
    }
    return HttpClient.newHttpClient().send(request.timeout(LIMIT).build(), BodyHandlers.ofString());
  }

  /** The log says that the server has started when it nearly has. */
  private static void awaitReady(URI ready) throws IOException, InterruptedException {
    long begin = System.nanoTime();
    for (String answer = ""; !answer.equals("ready\n"); answer = send("GET", ready).body()) {
      assertTrue(System.nanoTime() - begin < LIMIT.toNanos(), answer);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void endpoints_answerOnTheClassPathAndOnTheModulePath(boolean jpms) throws Exception {
    Path file = Files.writeString(directory.resolveSibling("token"), TOKEN + "\n");
    JettyBase base =
        recipe()
            .property("drain.admin.port", "0")
            .property("drain.admin.tokenFile", file.toString())
            .property("jetty.server.dumpAfterStart", "true")
            .create(directory);
    try (JettyProcess jetty = jpms ? JettyProcess.startJpms(base) : JettyProcess.start(base)) {
      URI admin = AdminAddress.of(jetty);
      assertEquals("127.0.0.1", admin.getHost());
      awaitReady(admin.resolve("/ready"));
      assertTrue(send("GET", admin).body().startsWith("<!doctype html>"));
      HttpResponse<String> metrics =
          send("GET", admin.resolve("/metrics"), "Accept", "application/openmetrics-text");
      assertTrue(metrics.body().contains("\nhttp2_drain_ready 1.0\n"), metrics::body);
      assertEquals(401, send("POST", admin.resolve("/drain")).statusCode());
      String bearer = "Bearer " + TOKEN;
      assertEquals(
          202, send("POST", admin.resolve("/drain"), "Authorization", bearer).statusCode());
      assertEquals(503, send("GET", admin.resolve("/ready")).statusCode());
      assertEquals(
          200, send("DELETE", admin.resolve("/drain"), "Authorization", bearer).statusCode());
      assertEquals(200, send("GET", admin.resolve("/ready")).statusCode());
      String log = jetty.log().toString();
      assertTrue(log.contains("DrainAdmin@"), log); // In the dump.
      assertEquals(-1, log.indexOf(TOKEN), log);
      long unused = jetty.terminate();
      assertEquals(143, jetty.awaitExit(LIMIT).status());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "drain.admin.port=http|drain.admin.port: http (expected: a port, 0 to 65535)",
        "drain.admin.host=0.0.0.0|drain.admin.host: 0.0.0.0 (expected: a loopback address, or a token",
        "drain.admin.token=secret|drain.admin.token: (not shown) (expected: at least 16 characters",
        "drain.admin.tokenFile=/none|drain.admin.tokenFile: /none (expected: a readable file",
      })
  void badSetting_endsTheStartWithOneLineBeforeAnythingListens(String setting, String expected)
      throws Exception {
    int equals = setting.indexOf('=');
    JettyBase base =
        recipe()
            .property(setting.substring(0, equals), setting.substring(equals + 1))
            .create(directory);
    List<String> command = base.home().command(List.of(), List.of());
    try (ChildProcess child = ChildProcess.start("jetty", base.directory(), command)) {
      assertNotEquals(0, child.awaitExit(LIMIT).status());
      String log = child.output().toString();
      assertEquals(
          1, log.lines().filter(line -> line.contains("Cannot start: " + expected)).count(), log);
      assertEquals(0, log.lines().filter(line -> line.contains("ServerConnector@")).count(), log);
    }
  }

  @Test
  void module_isListedAndItsIniNamesEveryProperty() throws Exception {
    JettyBase base = recipe().create(directory);
    String ini = Files.readString(directory.resolve("start.d/http2-drain-admin.ini"));
    for (String line :
        List.of(
            "# drain.admin.host=127.0.0.1",
            "# drain.admin.port=8081",
            "# drain.admin.token=",
            "# drain.admin.tokenFile=")) {
      assertEquals(1, ini.lines().filter(line::equals).count(), ini);
    }
    List<String> command = base.home().command(List.of(), List.of("--list-modules=http2"));
    try (ChildProcess child = ChildProcess.start("start.jar", base.directory(), command)) {
      assertEquals(0, child.awaitExit(LIMIT).status());
      assertTrue(child.output().toString().contains("http2-drain-admin"), child.output()::toString);
    }
  }

  @Test
  void archive_holdsTheAdminAndWhatWritesItsMetricsOnly() throws Exception {
    recipe().create(directory);
    try (var files = Files.list(directory.resolve("lib/http2-drain/admin"))) {
      List<String> jars =
          files
              .map(file -> String.valueOf(file.getFileName()).replaceFirst("-\\d.*", ""))
              .sorted()
              .toList();
      assertEquals(
          List.of(
              "jetty-http2-drain-admin",
              "prometheus-metrics-config",
              "prometheus-metrics-exposition-textformats",
              "prometheus-metrics-model"),
          jars);
    }
  }
}
