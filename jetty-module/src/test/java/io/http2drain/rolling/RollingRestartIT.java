package io.http2drain.rolling;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.http2drain.home.ExternalProgram;
import io.http2drain.home.JettyBase;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The packed archive in three real servers that are restarted one after the other behind a real
 * proxy, with the configuration that users copy: the proxy's clients lose nothing.
 */
@Timeout(180)
class RollingRestartIT {
  private static final Pattern DRAINED =
      Pattern.compile("Drained (\\d+) HTTP/2 sessions .* completed=(\\d+) .*cut=0");

  private static JettyBase base;

  @BeforeAll
  static void makeBase(@TempDir Path directory) throws IOException, InterruptedException {
    base = JettyBase.recipe().modules(List.of("http2c")).drain().create(directory.resolve("base"));
  }

  @ParameterizedTest
  @CsvSource({"HAPROXY,haproxy", "NGHTTPX,nghttp2-proxy"})
  void serversRestartedOneAfterTheOther_theProxysClientsLoseNothing(
      ProxyKind proxy, String debianPackage) throws IOException, InterruptedException {
    String unused = new ExternalProgram(proxy.program(), debianPackage).require();
    RolloutResult result = Rollout.ours(proxy, base).run(2, System.out);

    assertEquals(0, result.lost(), result::toString);
    for (ClientTally tally : result.tallies()) {
      assertTrue(tally.ok() > 0, () -> tally + " in " + result);
    }
    assertEquals(6, result.restarts().size(), result::toString);
    for (Restart restart : result.restarts()) {
      assertServedAndDrained(restart, result);
    }
    if (proxy == ProxyKind.HAPROXY) {
      assertStopsWereSeenInTime(result);
    }
    for (var served : result.servedByLast()) {
      assertTrue(served.values().stream().anyMatch(count -> count > 0), result::toString);
    }
  }

  /**
   * HAProxy took each server out because its readiness was down, not because nothing listened any
   * more. With its configuration it logs no request but those that failed or that it had to send
   * again: there was none.
   */
  private static void assertStopsWereSeenInTime(RolloutResult result) {
    List<String> log = result.proxyLog();
    long down = log.stream().filter(line -> line.matches("Server .* is DOWN, .*")).count();
    assertTrue(down >= 6, result::toString);
    List<String> late = log.stream().filter(line -> line.contains("Connection refused")).toList();
    assertEquals(List.of(), late, result::toString);
    List<String> requests = log.stream().filter(line -> line.contains(" web jetty/")).toList();
    assertEquals(List.of(), requests, result::toString);
  }

  /** Or nothing was at stake. */
  private static void assertServedAndDrained(Restart restart, RolloutResult result) {
    for (ClientProtocol client : ClientProtocol.values()) {
      assertTrue(restart.served().getOrDefault(client, 0) > 0, () -> restart + " in " + result);
      assertTrue(
          restart.servedMeanwhile().getOrDefault(client, 0) > 0, () -> restart + " in " + result);
    }
    assertEquals(143, restart.exitStatus(), () -> restart + "\n" + restart.log());
    Matcher drained = DRAINED.matcher(restart.drained());
    assertTrue(drained.find(), () -> restart + "\n" + restart.log());
    // The proxy spoke HTTP/2 to it, and was busy.
    assertTrue(Integer.parseInt(drained.group(1)) > 0, () -> restart + "\n" + restart.log());
    assertTrue(Integer.parseInt(drained.group(2)) > 0, () -> restart + "\n" + restart.log());
  }
}
